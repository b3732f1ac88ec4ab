"""Many recorded sources: what is asked, who does it, and a manifest of how each one ended."""
