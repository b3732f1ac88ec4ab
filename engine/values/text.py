"""Text that any file and any reader takes."""


def printable(text: str) -> str:
    """The same text; what is no UTF-8 in a file's name is written out in hexadecimal."""
    return text.encode("utf-8", "backslashreplace").decode()
