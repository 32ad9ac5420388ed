"""A home of the program in which commands are executed."""

import io
import json
import sys
from pathlib import Path

import pytest

from core.campaigns.stand_in.server import Bot, StandIn
from core.cli.main import run
from core.systems import COMMAND_LINE


class Office:
    """A home of the program with a Bot API; `do` executes a command in this process."""

    def __init__(
        self,
        home: Path,
        stand_in: StandIn,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.home, self.stand_in = home, stand_in
        self._patch, self._capsys = monkeypatch, capsys
        self.err = ""

    def do(self, *words: str, given: str = "", code: int = 0) -> str:
        """What it says on stdout; what it says on stderr is in `err`."""
        self._patch.setattr(sys, "stdin", io.StringIO(given))
        self._capsys.readouterr()
        found = run(["campaigns", *words], COMMAND_LINE)
        out, self.err = self._capsys.readouterr()
        assert found == code, out + self.err
        return out

    def file(self, name: str, text: str) -> str:
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def bot(self, name: str) -> Bot:
        bot = self.stand_in.add_bot(name)
        self.do("senders", "add", name, given=f"{bot.token}\n")
        return bot

    def status(self, group: str = "news") -> dict[str, object]:
        (found,) = json.loads(self.do("status", group, "--json"))
        assert isinstance(found, dict)
        return found
