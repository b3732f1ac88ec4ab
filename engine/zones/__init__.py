"""Areas and counting lines in a picture, and what tracks do there."""
