"""The window: everything of the program that knows Qt. Needs the extra `gui`."""
