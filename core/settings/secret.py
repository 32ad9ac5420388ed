"""A text that must not be seen: a token, a proxy address with its password."""

from typing import NoReturn, Self


class Secret:
    """Holds a text and shows it to nobody who does not ask for it by `reveal()`.

    On purpose no kind of `str`: joining, formatting, logging or dumping it to JSON by mistake
    gives the mask or a TypeError, never the text. An empty secret is false.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return "•••" if self._text else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __format__(self, _spec: str) -> str:
        return str(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere by pickling it")
