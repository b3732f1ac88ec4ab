"""Text that any file and any reader takes."""


def printable(text: str) -> str:
    """The same text; what is no UTF-8 in a file's name is written out in hexadecimal."""
    return text.encode("utf-8", "backslashreplace").decode()


def cut(text: str, most: int) -> str:
    """As many whole characters from the beginning as take no more than so many bytes of UTF-8."""
    return text.encode()[: max(most, 0)].decode(errors="ignore")


def as_written(value: object) -> str:
    """A value as code has it; of a number that Python does not write out only that it is long."""
    try:
        return repr(value)
    except ValueError:  # more than 4300 digits
        return "a number of thousands of digits"
