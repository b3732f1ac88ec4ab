"""Areas, lines and blackouts drawn into the live picture."""
