"""Which letters the bytes of a text file are, without being told."""

import codecs
from pathlib import Path

_BLOCK = 1 << 20
_SAMPLE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Russian was written in these before there was Unicode: of Windows, of DOS, of Unix.
_RUSSIAN = ("cp1251", "cp866", "koi8-r")
_FREQUENT = frozenset("оеаинтсрвлкмдпу")


def encoding_of(path: Path) -> str:
    """The encoding of the text file at `path`. Reads it once, to know that all of it is UTF-8.

    Raises OSError.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        for mark, name in _MARKS:
            if sample.startswith(mark):
                return name
        if wide := _without_mark(sample):
            return wide
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _russian(sample)
    return "utf-8"


def _without_mark(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of digits and Latin letters is 0."""
    if len(sample) < 2 or not sample.count(0):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) // 2:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _russian(sample: bytes) -> str:
    """That of the three in which most letters are frequent ones; Windows' where nothing tells."""

    def frequent(name: str) -> int:
        return sum(letter in _FREQUENT for letter in sample.decode(name, "replace"))

    return max(_RUSSIAN, key=frequent)
