"""What the pages for people say: links, paths, commands, queries, tables."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md"),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")),
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code(page: str, language: str) -> list[str]:
    """The code blocks of one language; '' for those that name none."""
    return [text for name, text in _FENCE.findall(read(page)) if name == language]


def prose(page: str) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", read(page))


def links(page: str) -> list[str]:
    """Targets of all links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def named(page: str) -> list[str]:
    """All that stands `in code` within the prose."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def headings(page: str) -> list[str]:
    return re.findall(r"^#+\s+(.*)$", prose(page), re.MULTILINE)


def rows(page: str, header: str) -> list[list[str]]:
    """The rows of the table that begins with this line."""
    lines = read(page).split(header + "\n", 1)[1].splitlines()[1:]
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        table.append([cell.strip().replace("\\|", "|") for cell in cells])
    return table


def app_commands(page: str) -> Iterator[list[str]]:
    """The arguments of every `app.py …` or `DataMasterCollector.exe …`, in prose and code."""
    yield from app_commands_in([*named(page), *"\n".join(code(page, "")).splitlines()])


def app_commands_in(texts: Iterable[str]) -> Iterator[list[str]]:
    for text in texts:
        for match in re.finditer(r"(?:app\.py|DataMasterCollector\.exe\S*)[ ]+([a-z-].*)", text):
            spoken = re.split(r"\s{3,}|>", match[1])[0]  # what is explained after it
            spoken = spoken.rstrip(" ;\\")
            for quote in "\"'":  # one around the whole command is not its own
                if spoken.count(quote) % 2:
                    spoken = spoken.rstrip(quote + " ;\\")
            yield shlex.split(spoken)
