"""The Collect view: start, stop and follow a run."""

from collections.abc import Iterator
from datetime import datetime

from core.formats import number
from core.i18n import _
from core.phones import wording
from core.phones.events import Event, Mode
from gui import status, style
from gui.views.base import View
from gui.views.collect_parts import Controls, Numbers, Pill, ProgressCard
from gui.widgets.banner import Answer, Banner
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button, Segmented
from gui.widgets.fields import SearchField
from gui.widgets.log_console import LogConsole, LogLine
from gui.widgets.scroll import ScrollArea
from gui.widgets.tooltip import explain


class CollectView(View):
    title = staticmethod(lambda: _("Collect"))
    scrolls = True

    def build(self) -> Iterator[None]:
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(2, weight=1)
        self.pill = Pill(self.header)
        self._build_choices()
        self.banner = Banner(self.body)
        apart = {"padx": (0, style.BESIDE_BAR), "pady": (0, style.GAP)}
        self.banner.place_in(row=0, column=0, sticky="ew", **apart)
        runs = self.window.runs
        self.controls = Controls(
            self.body,
            {
                "start": runs.start,
                "stop": runs.stop,
                "continue": runs.resume,
                "export": self.window.export,
            },
        )
        self.controls.grid(row=1, column=0, sticky="ew", **apart)
        # In a low window what follows scrolls, so that the log can be read there, too.
        self.area = ScrollArea(self.body, fill=3)
        self.area.grid(row=2, column=0, sticky="nsew")
        inside = self.area.inside
        inside.columnconfigure(0, weight=1)
        inside.rowconfigure(2, weight=1)
        beside = {"padx": (0, style.GRID)}
        self.progress = ProgressCard(inside, self.texts)
        self.progress.grid(row=0, column=0, sticky="ew", pady=(0, style.GAP), **beside)
        self.numbers = Numbers(inside, self.texts)
        self.numbers.grid(row=1, column=0, sticky="ew", pady=(0, style.GAP), **beside)
        self._build_log()
        self.refresh()
        yield

    def _build_choices(self) -> None:
        self.clients = Button(self.header, command=self.window.choose_clients, look="choice",
                              image="chevron_down", compound="right")  # fmt: skip
        self.clients.pack(side="right")
        self.modes = Segmented(self.header, [mode.value for mode in Mode], self._mode_chosen,
                               value=self.window.runs.mode.value)  # fmt: skip
        self.modes.pack(side="right", padx=style.GAP)
        label = Label(self.header, colour=style.MUTED)
        label.pack(side="right")
        self.texts.show(label, lambda: _("Mode"))
        self.texts.call(
            lambda: self.modes.say({
                Mode.FULL: _("Full"), Mode.QUICK: _("Quick"), Mode.SMART: _("Smart"),
            })
        )  # fmt: skip

    def _build_log(self) -> None:
        self._paused = False
        card = Card(self.area.inside)
        card.grid(row=2, column=0, sticky="nsew", padx=(0, style.GRID))
        card.columnconfigure(0, weight=1)
        card.rowconfigure(1, weight=1)
        bar = Row(card)
        bar.grid(row=0, column=0, sticky="ew", padx=style.PAD, pady=(style.GAP, style.GAP))
        bar.columnconfigure(2, weight=1)
        title = Label(bar, bold=True)
        title.grid(row=0, column=0, padx=(0, style.GAP))
        self.texts.show(title, lambda: _("Log"))
        self.levels = Segmented(bar, ["all", "attention", "errors"], lambda _v: self._filter())
        self.levels.grid(row=0, column=1, padx=(0, style.GAP))
        self.texts.call(
            lambda: self.levels.say({
                "all": _("All"), "attention": _("Attention"), "errors": _("Errors"),
            })
        )  # fmt: skip
        self.search = SearchField(bar, lambda _text: self._filter(), width=100)
        self.search.grid(row=0, column=2, sticky="ew", padx=(0, style.GRID))
        self.texts.show(self.search, lambda: _("Search"), "placeholder_text")
        self.log_buttons: dict[str, Button] = {}
        for column, (key, text, action, picture) in enumerate((
            ("pause", self._pause_text, self._pause, ""),
            ("copy", lambda: _("Copy the log"), self._copy_log, "copy"),
            ("clear", lambda: _("Clear the log"), self._clear_log, "trash"),
            ("open", lambda: _("Open the log"), self.window.open_log, "document"),
        ), start=3):  # fmt: skip
            button = Button(bar, command=action, look="quiet", image=picture or None)
            button.grid(row=0, column=column)
            if picture:
                explain(button, text)
            else:
                self.texts.show(button, text)
            self.log_buttons[key] = button
        self.console = LogConsole(card, _new_lines)
        self.console.grid(row=1, column=0, sticky="nsew", padx=style.PAD, pady=(0, style.PAD))
        self.texts.show(
            self.console.empty, lambda: _("What a run does is told here, line by line.")
        )

    # --- showing ---

    def refresh(self) -> None:
        """Everything that depends on the run."""
        run = self.window.run
        self._show_buttons()
        self.modes.enable(not run.active)
        self.clients.enable(not run.active)
        self._show_clients()
        self._show_moving()

    def _show_moving(self) -> None:
        run, runs = self.window.run, self.window.runs
        described = status.describe(
            run,
            has_token=runs.has_token,
            automatic_pace=runs.automatic_pace,
            cost=runs.estimate,
            choosing=runs.choosing,
            held=runs.held_by is not None,
        )
        self.controls.show_status(described)
        self.pill.show(described.pill if self._has_room(described.pill) else "", described.kind)
        daily = None if run.active else self.window.program.daily
        self.progress.show(run, status.now, daily.next_at if daily is not None else None)
        self.numbers.show(run)
        self._show_banner()

    def _has_room(self, pill: str) -> bool:
        """Whether these words fit between the title and the choices; the headline says the same."""
        if not self.header.winfo_ismapped():
            return True
        others = [each for each in self.header.winfo_children() if each is not self.pill]
        taken = sum(each.winfo_reqwidth() for each in others if each.winfo_manager() == "pack")
        face = style.plain_font(self, style.SMALL, bold=True)
        wanted = style.text_width(self, pill, face) + style.pixels(self, 20 + 4 * style.GAP)
        return bool(taken + wanted <= self.header.winfo_width())

    def _show_buttons(self) -> None:
        runs = self.window.runs
        card = runs.notice(status.now)
        leads = card is not None and any(offer.look == "primary" for offer in card.offers)
        self.controls.show_buttons(runs.phase, banner_leads=leads)

    def _show_banner(self) -> None:
        card = self.window.runs.notice(status.now)
        if card is None:
            self.banner.hide()
            return
        actions = self.window.runs.actions
        answers = [Answer(o.text, actions[o.action], o.look) for o in card.offers]
        self.banner.show(card.kind, card.title, card.sentence, answers)

    def _show_clients(self) -> None:
        chosen = self.window.runs.selection
        if chosen.clients:
            text = _("Clients: {n} chosen").format(n=number(len(chosen.clients)))
        elif self.window.runs.clients_known:
            text = _("Clients: all {n}").format(n=number(self.window.runs.clients_known))
        else:
            text = _("Clients: all")
        if chosen.limit_clients or chosen.limit_projects or chosen.max_pages:
            text = _("{clients}, trial").format(clients=text)
        if text != self.clients.cget("text"):
            self.clients.configure(text=text)

    # --- events ---

    def on_event(self, event: Event) -> None:
        if not self.built:
            return
        line = wording.log_line(event)
        if line is not None:
            self.console.add([LogLine(datetime.now(), *line)])  # noqa: DTZ005 - local time

    def run_changed(self) -> None:
        self.refresh()

    def on_tick(self) -> None:
        if self.window.run.active:
            self._show_moving()

    def shown(self) -> None:
        self.refresh()

    def reread(self) -> None:
        self.window.runs.look()

    def find(self) -> None:
        self.area.see(self.search)
        self.search.focus_set()

    def session_changed(self) -> None:
        self.console.clear()
        self.refresh()

    def retheme(self) -> None:
        self.area.retheme()
        self.console.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        self.refresh()

    # --- actions ---

    def _mode_chosen(self, value: str) -> None:
        self.window.runs.choose(mode=Mode(value))

    def _filter(self) -> None:
        self.console.filter(self.levels.value, self.search.text)

    def _pause(self) -> None:
        self._paused = not self._paused
        self.console.pause(self._paused)
        self.log_buttons["pause"].configure(text=self._pause_text())

    def _pause_text(self) -> str:
        return _("Show new") if self._paused else _("Hold")

    def _clear_log(self) -> None:
        self.console.clear()

    def _copy_log(self) -> None:
        text = self.console.shown_text()
        if not text:  # whatever is in the clipboard stays there
            self.window.toast("info", _("There is nothing to copy"))
            return
        self.clipboard_clear()
        self.clipboard_append(text)
        self.window.toast("done", _("The log is in the clipboard"))


def _new_lines(count: int) -> str:
    return _("New lines: {n}").format(n=number(count))
