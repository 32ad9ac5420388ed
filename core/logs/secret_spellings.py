"""A secret in every spelling in which it may come back: from a server, an address, a dump."""

import base64
import re
from html.entities import codepoint2name

_SHORTEST_BASE64 = 8


def pattern_of(secret: str) -> str:
    """A regular expression, to be used without regard to case, for `secret` in whatever spelling.

    Each character may stand as itself or as URLs (also twice encoded), JSON, HTML and Python
    write it, and each in its own way: encoders differ in what they leave as it is.
    """
    spelled = "".join(map(_spellings, secret))
    data = base64.b64encode(secret.encode("utf-8", "replace")).decode().rstrip("=")
    if len(data) < _SHORTEST_BASE64:
        return spelled
    return f"{spelled}|{re.escape(data)}|{re.escape(data.translate(_URL_SAFE))}"


_URL_SAFE = str.maketrans("+/", "-_")


def _spellings(char: str) -> str:
    code = ord(char)
    encoded = char.encode("utf-8", "replace")
    units = char.encode("utf-16-be", "replace")
    forms = [
        re.escape(char),
        "".join(f"%(?:25)*{byte:02x}" for byte in encoded),
        "".join(rf"\\+u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)),
        f"&#0*{code};",
        f"&#x0*{code:x};",
    ]
    if code < 256:
        forms.append(rf"\\+x{code:02x}")
    if code in codepoint2name:
        forms.append(f"&{codepoint2name[code]};")
    if char in "\\/'\"":
        forms.insert(0, rf"\\+{re.escape(char)}")
    if char == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"
