"""The rooms of the corridor; they never import each other."""
