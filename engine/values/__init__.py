"""The nouns: frozen values that walk down the corridor."""
