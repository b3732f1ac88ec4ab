"""From photographs to age models. Knows no Qt."""
