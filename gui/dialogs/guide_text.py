"""The user guide as blocks: of Markdown, what docs/guide.*.md use.

Headings, paragraphs, lists, pictures on lines of their own; in a text bold, code and links.
As in Markdown, lines without an empty one between them are one paragraph.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_SPAN = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>.+?)`|\[(?P<link>.+?)\]\((?P<target>.+?)\)")
_HEADING = re.compile(r"(#+)\s+(.*)")
_ITEM = re.compile(r"([-*]|\d+\.)\s+(.*)")
_PICTURE = re.compile(r"!\[(.*)\]\((.+)\)")


class Kind(StrEnum):
    """What a block is."""

    TITLE = "h1"
    HEADING = "h2"
    TEXT = "text"
    ITEM = "item"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text. `look` is bold, code, link or empty; `target` is that of a link."""

    text: str
    look: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """`mark` is the bullet or number of an item; `target` is the path of a picture, the anchor
    of a heading."""

    kind: Kind
    text: str
    mark: str = ""
    target: str = ""

    def spans(self) -> Iterator[Span]:
        place = 0
        for match in _SPAN.finditer(self.text):
            if match.start() > place:
                yield Span(self.text[place : match.start()])
            look = str(match.lastgroup if match["target"] is None else "link")
            yield Span(match[look], look, match["target"] or "")
            place = match.end()
        if place < len(self.text):
            yield Span(self.text[place:])


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a guide, in order."""
    present: Block | None = None
    for line in map(str.strip, markdown.splitlines()):
        begun = _begin(line)
        if begun is None and line and present is not None:
            present = Block(present.kind, f"{present.text} {line}", present.mark)
            continue
        if present is not None:
            yield present
        present = begun or (Block(Kind.TEXT, line) if line else None)
        if present is not None and present.kind not in (Kind.TEXT, Kind.ITEM):
            yield present  # ends with its line
            present = None
    if present is not None:
        yield present


def anchor(heading: str) -> str:
    """What a link to this heading says, as on GitHub: small letters, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _begin(line: str) -> Block | None:
    """The block that this line begins; None where it goes on with one, or is empty."""
    if match := _HEADING.fullmatch(line):
        kind = Kind.TITLE if len(match[1]) == 1 else Kind.HEADING
        return Block(kind, match[2], target=anchor(match[2]))
    if match := _PICTURE.fullmatch(line):
        return Block(Kind.PICTURE, match[1], target=match[2])
    if match := _ITEM.fullmatch(line):
        return Block(Kind.ITEM, match[2], "•" if len(match[1]) == 1 else match[1])
    return None
