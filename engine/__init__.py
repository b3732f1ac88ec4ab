"""From pixels to age beliefs. Knows no Qt and no torch."""
