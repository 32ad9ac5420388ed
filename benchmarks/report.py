"""What benchmarks share: findings, the machine, and the sections of docs/benchmarks.md."""

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

Row = dict[str, str | int | float]
"""One line of a table: what stands in each column. All rows of a table have the same columns."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What was asked for, beside what was measured."""

    what: str
    measured: str
    wanted: str
    met: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a benchmark measured; `aims` are the lines it adds to the summary."""

    rows: Sequence[Row]
    aims: Sequence[Aim] = ()


def machine() -> str:
    """The machine and its versions, in one line."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def load() -> str:
    """The load average of the last minute, where the system keeps one."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def ratio(value: float, base: float) -> str:
    """How many times `base` `value` is."""
    return f"{value / base:.2f} ×" if base else "–"


def table(rows: Sequence[Row]) -> str:
    """`rows` as a Markdown table, numbers to the right."""
    names = list(rows[0])
    right = [all(isinstance(row[name], int | float) for row in rows) for name in names]
    lines = [
        f"| {' | '.join(names)} |",
        f"|{'|'.join('---:' if number else '---' for number in right)}|",
    ]
    lines += [f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def section(title: str, about: str, rows: Sequence[Row], loads: tuple[str, str]) -> str:
    """The text of one benchmark's section. `about` is its module's docstring."""
    day = datetime.now().astimezone().strftime("%Y-%m-%d")
    return (
        f"## {title}\n\n{about.strip()}\n\n{table(rows)}\n\n"
        f"Measured on {day}: {machine()}; load {loads[0]} before and {loads[1]} after.\n"
    )


def summary(aims: Sequence[Aim]) -> str:
    """All aims in one table."""
    rows: list[Row] = [
        {
            "aim": aim.what,
            "wanted": aim.wanted,
            "measured": aim.measured,
            "met": "yes" if aim.met else "**no**",
        }
        for aim in aims
    ]
    return table(rows)


def write_section(path: Path, name: str, text: str) -> None:
    """Put `text` in the place of benchmark `name` in `path`, new ones at the end."""
    page = path.read_text(encoding="utf-8")
    begin, end = f"<!-- bench {name} -->", f"<!-- end {name} -->"
    marked = f"{begin}\n{text}{end}\n"
    old = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    page, found = old.subn(lambda _: marked, page)
    if not found:
        page = f"{page.rstrip()}\n\n{marked}"
    path.write_text(page, encoding="utf-8")
