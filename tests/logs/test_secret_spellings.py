"""A secret comes back in many spellings; none of them may be seen."""

import base64
import html
import json
import re
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.logs.secret_spellings import pattern_of

SECRET = "mark/er tok'en+0001 ё&x\\\""

SPELLINGS = [
    lambda text: text,
    str.upper,
    str.lower,
    urllib.parse.quote,
    lambda text: urllib.parse.quote(text, safe=""),
    urllib.parse.quote_plus,
    lambda text: urllib.parse.quote(text, safe="").lower(),
    lambda text: urllib.parse.quote(urllib.parse.quote(text)),
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    lambda text: json.dumps(json.dumps(text)),
    lambda text: repr(text)[1:-1],
    lambda text: repr(text.encode())[2:-1] if text.isascii() else text,
    html.escape,
    lambda text: "".join(f"&#{ord(char)};" for char in text),
    lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
]


def hidden(secret: str, text: str) -> str:
    return re.sub(pattern_of(secret), "•••", text, flags=re.IGNORECASE)


@pytest.mark.parametrize("spell", SPELLINGS)
def test_each_spelling_is_hidden(spell):
    shown = hidden(SECRET, f"Bad thing {spell(SECRET)}, sorry")
    assert re.fullmatch(r'Bad thing [\\"]*•••[\\"=]*, sorry', shown), shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=4, max_size=30))
def test_any_secret_is_hidden_as_programs_write_it(secret):
    for spell in SPELLINGS[3:12]:
        assert "•••" in hidden(secret, spell(secret))


@given(st.text(), st.text(min_size=4))
def test_any_pattern_can_be_used(text, secret):
    assert secret.strip() == "" or secret not in hidden(secret, text + secret + text)
