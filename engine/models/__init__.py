"""Model files, their metadata and what runs them."""
