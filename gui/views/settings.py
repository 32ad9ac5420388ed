"""The Settings view: every setting of the table, explained, checked as it is typed."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.i18n import _
from core.phones.settings.advice import advice
from core.phones.settings.fields import BY_NAME, FIELDS
from core.phones.settings.groups import Group, group_title
from core.phones.settings.load import Loaded, load
from core.settings.wrong import Source
from gui import connection, style
from gui.dialogs.after_run import AfterRunDialog
from gui.views.base import View
from gui.views.setting_rows import SettingRow
from gui.views.telegram_test import TelegramTest
from gui.widgets.banner import Banner
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.scroll import ScrollArea

AT_ONCE = frozenset({"LANGUAGE", "THEME", "NOTIFICATIONS"})  # taken as soon as they are chosen
TOKEN = "DATAMASTER_API_TOKEN"  # noqa: S105 - a name, not a secret
URL = "DATAMASTER_API_URL"


PACE = frozenset({"RATE_LIMIT_DELAY", "MAX_REQUESTS_PER_SECOND"})


def _when(changes: Iterable[str]) -> str:
    """From when on changed settings count while a run goes on."""
    if PACE.issuperset(changes):
        return _("The new pace holds from the next request on")
    return _("The new settings count from the next run on")


class SettingsView(View):
    title = staticmethod(lambda: _("Settings"))
    scrolls = True

    def build(self) -> Iterator[None]:
        self._loaded: Loaded | None = None
        self._changes: dict[str, str] = {}
        self.rows: dict[str, SettingRow] = {}
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(0, weight=1)
        self._build_bar()
        self.area = ScrollArea(self.body)
        self.area.grid(row=0, column=0, sticky="nsew")
        self.area.inside.columnconfigure(0, weight=1)
        self.advice = Banner(self.area.inside)
        self.advice.place_in(
            row=0, column=0, sticky="ew", pady=(0, style.GAP), padx=(0, style.GRID)
        )
        yield
        for place, group in enumerate(Group, start=1):
            yield from self._build_group(place, group)
        self._read()

    def _build_bar(self) -> None:
        """Save and Discard: there as long as something is changed and not saved."""
        self.save = Button(self.header, command=self.save_changes, look="primary")
        self.save.pack(side="right")
        self.texts.show(self.save, lambda: _("Save"))
        self.discard = Button(self.header, command=self._discard)
        self.discard.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.discard, lambda: _("Discard"))
        self.remark = Label(self.header, size=style.SECONDARY, colour=style.MUTED, anchor="e")
        self.remark.pack(side="right", padx=style.GAP)
        self._show_changes()

    def _build_group(self, place: int, group: Group) -> Iterator[None]:
        card = Card(self.area.inside)
        card.grid(row=place, column=0, sticky="ew", pady=(0, style.GAP), padx=(0, style.GRID))
        card.columnconfigure(0, weight=1)
        heading = Label(card, size=style.HEADING, bold=True)
        heading.grid(row=0, column=0, sticky="w", padx=style.PAD, pady=(style.GAP, style.GRID))
        self.texts.show(heading, lambda: group_title(group))
        for number, field in enumerate((f for f in FIELDS if f.group == group), start=1):
            row = SettingRow(card, field, self.texts, self._changed)
            row.grid(row=number, column=0, sticky="ew", padx=style.PAD, pady=(6, 10))
            self.rows[field.name] = row
            row.on_return(self.save_changes)
            yield
        card.rowconfigure(number, pad=style.GRID)
        if group is Group.CONNECTION:
            self._build_test(card)
            yield
        if group is Group.FILES:
            self.reports = Button(card, command=lambda: self.window.dialog(AfterRunDialog).ask())
            self.reports.grid(row=20, column=0, sticky="e", padx=style.PAD, pady=(0, style.PAD))
            self.texts.show(self.reports, lambda: _("Reports after each run…"))
            yield
        if group is Group.TELEGRAM:
            self.telegram = TelegramTest(card, self.window, self.texts, self._telegram_unsaved)
            self.telegram.grid(row=20, column=0, sticky="ew", padx=style.PAD, pady=(0, style.PAD))
            yield

    def _telegram_unsaved(self) -> bool:
        return any(BY_NAME[name].group == Group.TELEGRAM for name in self._changes)

    def _build_test(self, card: Card) -> None:
        line = Row(card)
        line.grid(row=20, column=0, sticky="ew", padx=style.PAD, pady=(0, style.PAD))
        line.columnconfigure(0, weight=1)
        self.answer = Label(line, size=style.SECONDARY, wraps=True)
        self.answer.grid(row=0, column=0, sticky="ew", padx=(0, style.GAP))
        self.test = Button(line, command=self._test)
        self.test.grid(row=0, column=1)
        self.texts.show(self.test, lambda: _("Test connection"))

    # --- values ---

    def on_tick(self) -> None:
        if self.built:
            self.telegram.show_trouble()

    def session_changed(self) -> None:
        in_demo = self.window.program.settings.places.demo
        if self._loaded is None or in_demo != self._loaded.settings.places.demo:
            self._changes.clear()  # they were meant for the other one
        self._read()

    def reread(self) -> None:
        self._read()

    @property
    def unsaved(self) -> bool:
        return bool(self._changes)

    @property
    def right(self) -> bool:
        return all(self.rows[name].check() for name in self._changes)

    def retheme(self) -> None:
        self.area.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        if self._loaded is not None:
            self._fill(self._loaded)

    def _read(self) -> None:
        places = self.window.program.settings.places
        environ = self.window.session.environ
        self.window.background.run(
            lambda: load(places, environ), self._fill, self.window.show_error, slot="read settings"
        )

    def _fill(self, loaded: Loaded) -> None:
        self._loaded = loaded
        in_demo = loaded.settings.places.demo
        self.telegram.enable(not in_demo)
        for name, row in self.rows.items():
            field = BY_NAME[name]
            source = loaded.sources.get(name, Source.DEFAULT)
            if field.is_secret:
                stored = bool(getattr(loaded.settings, field.attribute))
                text = _("stored, not shown") if stored else _("not set")
            else:
                text = loaded.texts.get(name, "")
            row.show(text, source, used=field.in_demo or not in_demo)
            row.control.mark_wrong(False)
            if name in self._changes:  # what is typed and not saved stays
                row.control.put_typed(self._changes[name])
        self._show_changes()
        self.window.background.run(
            lambda: list(advice(loaded)), self._advise, self.window.show_error, slot="advice"
        )

    def _advise(self, sentences: list[str]) -> None:
        if sentences:
            self.advice.show("warning", _("Worth a look"), "\n".join(sentences))
        else:
            self.advice.hide()

    def _changed(self, name: str, text: str) -> None:
        if self._loaded is None:
            return
        if name in AT_ONCE:
            self._keep({name: text})
            return
        field = BY_NAME[name]
        before = "" if field.is_secret else self._loaded.texts.get(name, "")
        if text == before:
            self._changes.pop(name, None)
        else:
            self._changes[name] = text
        self._show_changes()

    def _show_changes(self) -> None:
        right = self.right
        self.save.enable(bool(self._changes) and right)
        self.discard.enable(bool(self._changes))
        if self._changes:
            self.remark.say(_("Not saved yet") if right else _("Correct what is marked"))
            self.remark.paint(style.WARNING if right else style.ERROR)
        else:
            self.remark.say("")

    def _discard(self) -> None:
        self._changes.clear()
        if self._loaded is not None:
            self._fill(self._loaded)

    def save_changes(self, then: Callable[[], Any] = lambda: None) -> None:
        if self._changes and self.right:
            self._keep(dict(self._changes), then)

    def _keep(self, changes: dict[str, str], then: Callable[[], Any] = lambda: None) -> None:
        def done() -> None:
            for name, text in changes.items():
                if self._changes.get(name) == text:
                    del self._changes[name]
            self._read()
            then()
            if not AT_ONCE.issuperset(changes):
                self.window.toast("done", _("Settings are saved"))
                if self.window.run.active:
                    self.window.toast("info", _when(changes))

        self.window.session.save_settings(changes, done, self.window.show_error)

    # --- testing ---

    def _test(self) -> None:
        """With what stands in the fields, saved or not."""
        program = self.window.program
        if program.demo is not None:
            url, token = program.demo.url, program.demo.token
        else:
            url = self.rows[URL].text.strip() or program.settings.api_url
            token = self.rows[TOKEN].text.strip() or program.settings.api_token.reveal()
        if not token:
            self._tell(_("Enter the token first."), style.ERROR)
            self.rows[TOKEN].control.mark_wrong(True)
            return
        self.test.enable(False)
        self._tell(_("Asking the server…"), style.MUTED)
        self.window.background.run(
            lambda: connection.test_connection(url, token),
            lambda answer: self._tested(answer.sentence(), style.DONE),
            self._test_failed,
            slot="test",
        )

    def _tested(self, sentence: str, colour: style.Colour) -> None:
        self.test.enable(True)
        self._tell(sentence, colour)

    def _test_failed(self, error: Exception) -> None:
        self._tested(connection.explain(error), style.ERROR)

    def _tell(self, text: str, colour: style.Colour) -> None:
        self.answer.paint(colour)
        self.answer.say(text)
