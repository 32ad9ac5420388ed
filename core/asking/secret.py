"""The token on its way into a request, in forms that no traceback and no log can show.

Some loggers write the local variables of every frame; theirs is the `repr` of what they find.
"""

import json
import re

from core.logs.log_text import without_secrets
from core.logs.secret_spellings import pattern_of


class Token:
    """A token that shows itself nowhere by accident."""

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._pattern = re.compile(pattern_of(text), re.IGNORECASE) if text else None

    def __repr__(self) -> str:
        return "<token>"

    def as_json(self) -> "SecretBytes":
        """The token as it stands in a request."""
        return SecretBytes(json.dumps(self._text).encode())

    def hidden_in(self, text: str) -> str:
        """`text` with the token masked in every spelling, and all other secrets with it."""
        if self._pattern is not None:
            text = self._pattern.sub("•••", text)
        return without_secrets(text)


class SecretBytes(bytes):
    """Bytes with a token in them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} secret bytes>"

    __str__ = __repr__
