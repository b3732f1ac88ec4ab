"""The report: one HTML file about a folder of results."""
