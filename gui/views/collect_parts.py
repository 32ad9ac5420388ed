"""The cards of the Collect view: buttons with the status line, progress, numbers."""

import tkinter as tk
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import customtkinter as ctk

from core.formats import clock as clock_time
from core.formats import duration, number, percent, remaining
from core.i18n import _
from core.phones.events import RunState, RunStatus
from gui import states, style
from gui.run_model import RunModel
from gui.status import Status
from gui.texts import Texts
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.tiles import Bar, ProgressLine, StatTile, TileRow

_PILL = {
    "info": (style.ACCENT_SOFT, style.ACCENT_TEXT),
    "done": (style.DONE_SOFT, style.DONE),
    "warning": (style.WARNING_SOFT, style.WARNING),
    "error": (style.ERROR_SOFT, style.ERROR),
}
_BUTTON_ICONS = {"start": "play", "stop": "stop", "continue": "resume", "export": "export"}


NARROW = 860  # unscaled width of the card below which the words go under the buttons
LEAST_SHARE = 0.45  # of that line which the headline keeps
TWO_LINES = 1.8  # which the headline may take beside the buttons, as they break between words
WORDS_MARGIN = 8  # what labels add to their texts


class Pill(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """The state in two words beside the title; nothing where there is nothing to say."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, corner_radius=11, height=22, fg_color=style.ACCENT_SOFT)
        self._label = Label(self, size=style.SMALL, bold=True)
        self._label.pack(padx=10, pady=2)
        self._shown = ("", "")

    def show(self, text: str, kind: str) -> None:
        if (text, kind) == self._shown:
            return
        self._shown = (text, kind)
        if not text:
            self.pack_forget()
            return
        soft, strong = _PILL[kind]
        self.configure(fg_color=soft)
        self._label.configure(bg_color=soft)
        self._label.paint(strong)
        self._label.say(text)
        self.pack(side="left", padx=(style.GAP, 0))


class Controls(Card):
    """The four main buttons and, to their right, what happens."""

    def __init__(self, master: tk.Misc, actions: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(master)
        self.columnconfigure(1, weight=1)
        row = Row(self)
        row.grid(row=0, column=0, padx=style.PAD, pady=style.PAD)
        self.buttons: dict[str, Button] = {}
        for column, (key, action) in enumerate(actions.items()):
            button = Button(row, command=action, height=style.MAIN_BUTTON,
                            image=_BUTTON_ICONS[key])  # fmt: skip
            button.grid(row=0, column=column, padx=(style.GAP if column else 0, 0))
            self.buttons[key] = button
        self._words = Row(self)
        self.headline = Label(self._words, anchor="e", justify="right")
        self.explanation = Label(
            self._words, size=style.SECONDARY, colour=style.MUTED, anchor="e", justify="right"
        )
        self._narrow: bool | None = None
        self._buttons = row
        self._width = 0  # as Tk told it
        self._said: tuple[str, str] = ("", "")
        self._arrange(narrow=False)
        self.bind("<Configure>", self._resized)
        row.bind("<Configure>", lambda _e: self._fit_words())  # a longer word in a button

    def _resized(self, event: Any) -> None:
        self._width = event.width
        self._arrange(narrow=event.width / style.scaling(self) < NARROW)
        self._fit_words()

    def _arrange(self, *, narrow: bool) -> None:
        """The words beside the buttons, or below them where that would be too narrow."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        words = self._words
        words.columnconfigure(0, weight=0 if narrow else 1)
        words.columnconfigure(1, weight=1 if narrow else 0)
        if narrow:
            words.grid(row=1, column=0, columnspan=2, sticky="ew", padx=style.PAD,
                       pady=(0, style.GAP))  # fmt: skip
            self.headline.grid(row=0, column=0, sticky="w")
            self.explanation.grid(row=0, column=1, sticky="e", padx=(style.PAD, 0))
        else:
            words.grid(row=0, column=1, columnspan=1, sticky="ew", padx=(0, style.PAD), pady=0)
            self.headline.grid(row=0, column=0, sticky="e")
            self.explanation.grid(row=1, column=0, sticky="e", padx=0)

    def show_buttons(self, phase: states.Phase, *, banner_leads: bool) -> None:
        """`banner_leads`: what is to be pressed stands in the banner."""
        for key, state in states.BUTTONS[phase].items():
            button = self.buttons[key]
            leads = state.look == "primary" and state.enabled
            button.dress("plain" if leads and banner_leads else state.look)
            button.enable(state.enabled)
            text = state.text()
            if button.cget("text") != text:
                button.configure(text=text)

    def show_status(self, status: Status) -> None:
        colour = {"warning": style.WARNING, "error": style.ERROR}.get(status.kind, style.TEXT)
        self.headline.paint(colour)
        if (status.headline, status.explanation) != self._said:
            self._said = (status.headline, status.explanation)
            self._fit_words()

    def _fit_words(self) -> None:
        """A client's name may be as long as it likes: the headline is cut where it would take the
        explanation its room; an explanation that needs more than that takes several lines."""
        headline, explanation = self._said
        face, small = style.plain_font(self), style.plain_font(self, style.SECONDARY)
        apart = style.pixels(self, style.PAD)
        room = self._width - 2 * apart - style.pixels(self, WORDS_MARGIN)
        if self._narrow:
            beside = style.text_width(self, explanation, small) + apart
            headline = style.shortened(self, headline, face, max(room - beside, room * LEAST_SHARE))
            left = room - style.text_width(self, headline, face) - apart
            _wrap(self.headline, 0)
        else:
            left = room - self._buttons.winfo_width() - apart
            headline = style.shortened(self, headline, face, left * TWO_LINES)
            _wrap(self.headline, left)
        _wrap(self.explanation, left)
        self.headline.say(headline)
        self.explanation.say(explanation)


def _wrap(label: Label, room: float) -> None:
    """Break the label's lines at so many pixels; 0: never."""
    wanted = max(1, int(room / style.scaling(label))) if room else 0
    if wanted != label.cget("wraplength"):
        label.configure(wraplength=wanted)


class ProgressCard(Card):
    """How far it is and how long it will take."""

    def __init__(self, master: tk.Misc, texts: Texts) -> None:
        super().__init__(master)
        self.columnconfigure((0, 1, 2), weight=1, uniform="lines")
        top = Row(self)
        top.grid(row=0, column=0, columnspan=3, sticky="ew", padx=style.PAD, pady=(style.GAP, 0))
        top.columnconfigure(1, weight=1)
        self.percent = Label(top, "0 %", size=style.BIG, bold=True)
        self.percent.grid(row=0, column=0)
        self.remaining = Label(top, colour=style.MUTED)
        self.remaining.grid(row=0, column=1, sticky="sw", padx=(style.GAP, 0), pady=(0, 5))
        self.elapsed = Label(top, colour=style.MUTED)
        self.elapsed.grid(row=0, column=2, sticky="se", pady=(0, 5))
        self.bar = Bar(self, height=10)
        # A plain Tk widget: CustomTkinter scales the distances of its own ones only.
        side, above, below = (style.pixels(self, size) for size in (style.PAD, 6, 10))
        self.bar.grid(row=1, column=0, columnspan=3, sticky="ew", padx=side, pady=(above, below))
        titles = (lambda: _("Clients"), lambda: _("Projects"), lambda: _("Requests"))
        self.lines: list[ProgressLine] = []
        for column, title in enumerate(titles):
            line = ProgressLine(self)
            sides = (style.PAD if column == 0 else 14, style.PAD if column == 2 else 14)
            line.grid(row=2, column=column, sticky="ew", padx=sides, pady=(0, style.PAD))
            texts.show(line.title, title)
            self.lines.append(line)

    def show(self, run: RunModel, clock: Callable[[], datetime], daily: datetime | None) -> None:
        """`daily` is when the program begins the next run by itself; None for never."""
        progress = run.progress
        next_daily = ""
        if daily is not None and not run.active:
            next_daily = _("Next daily run: {time}").format(time=clock_time(daily))
        self.elapsed.say(_elapsed(run))
        if progress is None:
            self.percent.say(_percent(0.0))
            self.remaining.say(next_daily if not run.active else _("estimating the time"))
            self.bar.move(0.0)
            for line in self.lines:
                line.count.say("")
                line.bar.move(0.0)
            return
        completed = RunStatus.COMPLETED
        ended = run.finished is not None and run.finished.status is completed
        ended = ended or (run.last is not None and run.last.status is completed)
        fraction = 1.0 if ended else progress.fraction
        self.percent.say(_percent(fraction))
        self.bar.move(fraction)
        self.remaining.say(remaining_words(run, clock) or next_daily)
        totals = run.totals
        for line, done, total, exact in zip(
            self.lines,
            (totals.clients, totals.projects, totals.requests),
            (progress.clients_total, progress.projects_total, progress.requests_total),
            (True, progress.projects_exact, ended),
            strict=True,
        ):
            line.count.say(_part(done, total, exact=exact))
            whole = ended and not (totals.errors and total)
            line.bar.move(1.0 if whole else (done / total if total else 0.0))


class Numbers(TileRow):
    """The six numbers of a run: what was received and what became of it."""

    def __init__(self, master: tk.Misc, texts: Texts) -> None:
        super().__init__(master)
        titles = {
            "new": lambda: _("New numbers"),
            "received": lambda: _("Received"),
            "known": lambda: _("Known"),
            "repeated": lambda: _("Repeated"),
            "rejected": lambda: _("Rejected"),
            "errors": lambda: _("Errors"),
        }
        for key, title in titles.items():
            tile = StatTile(self, colour=style.ACCENT if key == "new" else style.TEXT)
            texts.show(tile.title, title)
            self.tiles[key] = tile
        self.arrange(len(titles))

    def show(self, run: RunModel) -> None:
        self.say({key: number(getattr(run.totals, key)) for key in self.tiles})
        self.tiles["errors"].number.paint(style.ERROR if run.totals.errors else style.TEXT)


def _percent(fraction: float) -> str:
    return percent(fraction, 0 if fraction in (0.0, 1.0) else 1)


def _elapsed(run: RunModel) -> str:
    seconds = run.elapsed()
    if not run.active and run.finished is None and run.progress is None:
        return ""
    if run.active:
        return _("running for {time}").format(time=duration(seconds))
    return _("took {time}").format(time=duration(seconds))


def remaining_words(run: RunModel, clock: Callable[[], datetime]) -> str:
    """How long the run will take, and until when; empty where there is nothing to say."""
    progress = run.progress
    if progress is None or not run.active:
        return ""
    if run.state is RunState.STOPPING:
        return ""
    if progress.remaining is None:
        return _("estimating the time")
    left = remaining(progress.remaining)
    if run.held_up:  # when it ends nobody knows then
        return _("work left: {time}").format(time=left)
    if progress.remaining < 60:
        return _("{time} left").format(time=left)
    ends = clock() + timedelta(seconds=progress.remaining)
    return _("{time} left, ends at {clock}").format(time=left, clock=clock_time(ends))


def _part(done: int, total: int | None, *, exact: bool) -> str:
    if total is None:
        return number(done)
    total = max(done, total)
    text = _("{done} of {total}") if exact else _("{done} of ~{total}")
    return text.format(done=number(done), total=number(total))
