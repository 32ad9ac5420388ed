"""Commands, the buttons that stand for them, and questions that wait for a yes."""

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.i18n import _
from core.phones.events import Mode, RunState
from core.telegram.outgoing import Button, Keyboard

QUESTION_SECONDS = 300.0
OPEN_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Command:
    """`description()` is what Telegram shows beside the name while somebody types."""

    name: str
    description: Callable[[], str]


COMMANDS: tuple[Command, ...] = (
    Command("status", lambda: _("what is going on, progress and remaining time")),
    Command("stats", lambda: _("totals, clients and projects with most new numbers")),
    Command("last", lambda: _("the last run compared with the one before")),
    Command("run", lambda: _("start a run: full, quick or smart")),
    Command("stop", lambda: _("stop the run; it can be continued")),
    Command("continue", lambda: _("continue the unfinished run")),
    Command("report", lambda: _("get a report as a file")),
    Command("help", lambda: _("commands and buttons")),
)


def parse(text: str, bot: str) -> tuple[str, Sequence[str]] | None:
    """Command and arguments: '/report@our_bot phones xlsx' is ('report', ['phones', 'xlsx']).

    None for what is no command, or one for another bot of the group.
    """
    head, *arguments = text.split() or [""]
    name, at, addressee = head.removeprefix("/").partition("@")
    if not head.startswith("/") or (at and addressee.casefold() != bot.casefold()):
        return None
    return name.casefold(), [argument.casefold() for argument in arguments]


def main_menu(state: RunState) -> Keyboard:
    """What makes sense now."""
    watching = (
        Button(_("Status"), "status"),
        Button(_("Statistics"), "stats"),
        Button(_("Last run"), "last"),
    )
    steering: tuple[Button, ...] = (Button(_("Stop"), "stop"),)
    if state is RunState.IDLE:
        steering = (Button(_("Start a run"), "run"), Button(_("Continue"), "continue"))
    return (watching, steering, (Button(_("Reports"), "report"),))


def mode_menu() -> Keyboard:
    names = {
        Mode.FULL: _("Full"),
        Mode.QUICK: _("Quick"),
        Mode.SMART: _("Smart"),
    }
    return (tuple(Button(name, f"run {mode}") for mode, name in names.items()),)


def report_menu(reports: Sequence[str]) -> Keyboard:
    """A row a report, a button a format."""
    return tuple(
        (
            Button(f"{name} CSV", f"report {name} csv"),
            Button(f"{name} XLSX", f"report {name} xlsx"),
        )
        for name in reports
    )


def help_text() -> str:
    lines = [f"/{command.name} – {command.description()}" for command in COMMANDS]
    return "\n".join([_("What this bot understands:"), *lines])


@dataclass(frozen=True, slots=True)
class Question:
    """What is done on a yes: `stop` or `abandon` the run, or `run` one in `mode`."""

    command: str
    mode: Mode = Mode.FULL


class Questions:
    """Open questions. Each is answered once, and only for a few minutes.

    So a button pressed twice, or one found in last week's messages, does nothing. A question
    `was_answered` where somebody pressed twice: what was said then stands.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, tuple[Question, float]] = {}
        self._answered: deque[str] = deque(maxlen=OPEN_QUESTIONS)

    def ask(self, question: Question) -> Keyboard:
        """Remember the question; returns the buttons to put under it."""
        key = secrets.token_urlsafe(8)
        self._open[key] = (question, self._clock.monotonic() + QUESTION_SECONDS)
        while len(self._open) > OPEN_QUESTIONS:
            del self._open[next(iter(self._open))]
        return ((Button(_("Yes"), f"yes {key}"), Button(_("No"), f"no {key}")),)

    def take(self, key: str) -> Question | None:
        """The question that a button answers; None where it is answered or too old."""
        question, until = self._open.pop(key, (None, 0.0))
        if self._clock.monotonic() >= until:
            return None
        self._answered.append(key)
        return question

    def was_answered(self, key: str) -> bool:
        return key in self._answered
