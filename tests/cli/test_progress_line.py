"""One line that changes in place, also on a console that knows no escape codes."""

import io
import sys

import pytest

from core.cli import progress_line
from core.cli.progress_line import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> str:
        line: list[str] = []
        for pass_ in self.getvalue().split("\r"):
            line[: len(pass_)] = pass_
        return "".join(line).rstrip()


def test_a_shorter_text_leaves_nothing_of_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress_line, "DRAW_EVERY", 0.0)
    line = ProgressLine()
    for text in ("Номера: 99 %, 1 000 000", "Отчёт: 1 %", "Отчёт: 100 %"):
        line.show(text)
        assert terminal.shown == text
    line.end()
    assert terminal.shown == ""
    assert "\x1b" not in terminal.getvalue()
