"""Text as a reader expects it: mended, composed, without what cannot be seen. Chinese is kept."""

import re
import unicodedata
from functools import lru_cache

from ftfy import TextFixerConfig, fix_text

# ftfy's defaults would turn Chinese punctuation into ASCII.
_MENDING = TextFixerConfig(uncurl_quotes=False, fix_character_width=False, explain=False)

# What needs nothing done, told at once: no mojibake consists of these alone, and nothing of them
# is composed, invisible or of another width. Cyrillic and Chinese stand apart, because mojibake
# mixes Cyrillic letters with typographic marks.
_RUSSIAN = "А-Яа-яЁё"
_CHINESE = "一-鿿，。、！？：；（）《》【】“”"
_PLAIN = re.compile(
    "|".join(
        rf"[!-%'-~{letters}][ -%'-~{letters}\n]*(?<![ \n])" for letters in (_RUSSIAN, _CHINESE)
    )
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile("[\t\xa0\u2000-\u200a\u202f\u205f]")
_WIDE = {
    wide: wide - 0xFEE0  # from the full-width form to ASCII
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for wide in range(ord(first), ord(last) + 1)
}
_SHORT = 64  # letters; longer texts hardly repeat


def clean(text: str) -> str:
    """`text` mended, in NFC, with ordinary digits and letters, trimmed; empty where nothing is
    left. The same text again for a text that is clean."""
    if _PLAIN.fullmatch(text):
        return text
    return _clean_short(text) if len(text) <= _SHORT else _clean(text)


def _clean(text: str) -> str:
    # Twice where mending brought something up; a text that is clean must stay as it is.
    for _ in range(3):
        before = text
        text = fix_text(text, _MENDING)
        text = _INVISIBLE.sub("", _SPACES.sub(" ", text.replace("\r\n", "\n")))
        text = unicodedata.normalize("NFC", text.translate(_WIDE)).strip()
        if text == before:
            break
    return text


_clean_short = lru_cache(20_000)(_clean)
