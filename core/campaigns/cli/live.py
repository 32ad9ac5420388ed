"""A campaign while it goes on: a table on a terminal, a line every 10 seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from core.campaigns.sending.board import Board, Doing, State
from core.campaigns.storage.progress import GroupProgress
from core.campaigns.words import Why
from core.cli.output import say
from core.formats import number, remaining
from core.i18n import _

if TYPE_CHECKING:
    from rich.table import Table

LINE_EVERY = 10.0
COUNT_EVERY = 2.0  # seconds; counting a large group is work for the database

Look = Callable[[], tuple[GroupProgress, float | None]]
"""Where the group stands, and how many seconds are left by the limits (None: nobody sends)."""


class Display(Protocol):
    def refresh(self) -> None:
        """For the main thread, a few times a second."""
        ...


@contextmanager
def open_display(board: Board, look: Look, zone_now: Callable[[], datetime]) -> Iterator[Display]:
    if sys.stdout is None or not sys.stdout.isatty():
        yield _Lines(look)
        return
    from rich.live import Live  # rich costs 0.1 s

    with Live(auto_refresh=False) as live:
        yield _LiveTable(live.update, board, look, zone_now)


def progress_line(progress: GroupProgress, seconds: float | None) -> str:
    """One line of the numbers of the session."""
    line = _(
        "{group}: sent {sent}, failed {failed}, unknown {unknown}, still to send {left}"
    ).format(
        group=progress.group,
        sent=number(progress.sent),
        failed=number(progress.failed),
        unknown=number(progress.unknown),
        left=number(progress.left),
    )
    if progress.left and seconds is not None:
        line += f", {remaining(seconds)}"
    return line


def doing_words(state: State, now: datetime) -> str:
    """What a worker does, with the local time until which it waits."""
    words = {
        Doing.STARTING: _("starts"),
        Doing.SENDING: _("sends"),
        Doing.WAITING: _("waits"),
        Doing.NO_CONNECTION: _("has no connection to Telegram"),
        Doing.RESTARTING: _("died, starts again"),
        Doing.DONE: _("is done"),
        Doing.REFUSED: _("its token is refused"),
        Doing.BROKEN: _("died"),
    }[state.doing]
    reasons = {
        Why.PACE: _("for its turn"),
        Why.HOURLY: _("for its hourly limit"),
        Why.GROUP_CAP: _("for the limit of the group"),
        Why.QUIET: _("for the end of the quiet hours"),
        Why.CHATS: _("until a chat may get the next one"),
        Why.OTHERS: _("for other workers"),
        Why.PAUSED: _("because of a pause"),
    }
    if state.doing is Doing.WAITING and state.why:
        words = f"{words} {reasons[Why(state.why)]}"
    if state.until is not None and (state.until - now).total_seconds() >= 1:
        words += f", {state.until.astimezone():%H:%M:%S}"
    return words


class _Lines:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._next = time.monotonic() + LINE_EVERY

    def refresh(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            say(progress_line(*self._look()))


class _LiveTable:
    def __init__(
        self,
        update: Callable[..., None],
        board: Board,
        look: Look,
        zone_now: Callable[[], datetime],
    ) -> None:
        self._update = update
        self._board = board
        self._look = look
        self._now = zone_now
        self._caption = ""
        self._next = 0.0

    def refresh(self) -> None:
        self._update(self._table(), refresh=True)

    def _table(self) -> "Table":
        from rich.table import Table

        if time.monotonic() >= self._next:
            self._next = time.monotonic() + COUNT_EVERY
            self._caption = progress_line(*self._look())
        table = Table(caption=self._caption, caption_justify="left")
        table.add_column(_("Sender"))
        for title in (_("sent"), _("failed"), _("unknown")):
            table.add_column(title, justify="right")
        table.add_column(_("now"))
        for state in self._board.states:
            table.add_row(
                state.sender,
                number(state.sent),
                number(state.failed),
                number(state.unknown),
                doing_words(state, self._now()),
            )
        return table
