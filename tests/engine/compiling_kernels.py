"""Functions that a test compiles in a process of its own."""


def one_more(x: int) -> int:
    """One more."""
    return x + 1


def one_less(x: int) -> int:
    """One less."""
    return x - 1
