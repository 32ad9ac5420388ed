"""Translation of the program's texts; for now every text is shown as it was written."""


def _(text: str) -> str:
    return text


def ngettext(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


def pgettext(_context: str, text: str) -> str:
    return text
