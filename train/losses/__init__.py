"""One short file a loss: its equation and source on top."""
