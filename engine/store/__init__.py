"""What unattended cameras saw, in one SQLite file: numbers only, kept for so long and no longer."""
