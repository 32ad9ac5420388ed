"""The token on its way into a request, in forms that no traceback and no log can show.

Some loggers write the local variables of every frame; theirs is the `repr` of what they find.
"""

import json


class Token:
    """A token that shows itself nowhere by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "<token>"

    def as_json(self) -> "SecretBytes":
        """The token as it stands in a request."""
        return SecretBytes(json.dumps(self._text).encode())

    def hidden_in(self, text: str) -> str:
        """`text` with every occurrence of the token masked."""
        return text.replace(self._text, "•••") if self._text else text


class SecretBytes(bytes):
    """Bytes with a token in them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} secret bytes>"

    __str__ = __repr__
