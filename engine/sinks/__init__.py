"""Where results go: tables, a database, an annotated video."""
