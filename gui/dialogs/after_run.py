"""Reports made after each run: the rules there are, and a form for another one."""

import tkinter as tk
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tkinter import filedialog

from core.database.failures import StorageFailure
from core.i18n import _
from core.phones import wording
from core.phones.after_run.rules import Rule, remove_rule, rules, store_rule
from core.phones.after_run.words import rule_line
from core.phones.reports.catalog import narrowings
from core.phones.reports.names import Format, Narrowing, ReportName
from core.phones.reports.titles import title
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.watch import Watch
from gui import style
from gui.dialogs.pick_clients import PickClientsDialog, Picked
from gui.dialogs.tasks import TaskDialog
from gui.widgets.basics import Row, frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.fields import CheckBox, Choice
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of


class AfterRunDialog(TaskDialog):
    size = (680, 560)

    def __init__(self, master: tk.Tk) -> None:
        self._rules: dict[str, Rule] = {}
        self._clients: Picked = ()  # none: all of them
        self._folder = ""
        super().__init__(
            master,
            lambda: _("Reports after each run"),
            lambda: _(
                "After each completed run these reports are made by themselves. What came of them"
                " stands with the run."
            ),
            lambda: _("Add"),
        )
        self.rowconfigure(2, weight=1)
        card = frame_of_one(self)
        card.grid(row=2, column=0, sticky="nsew", padx=style.EDGE, pady=(style.GAP, 0))
        self.table = Table(
            card,
            (Column("rule", lambda: _("Report"), 320, stretch=True),
             Column("folder", lambda: _("Folder"), 180, stretch=True)),
            self.texts,
            on_select=lambda _keys: self.fit(),
            memory=memory_of(self.window.kept, "after-run"),
        )  # fmt: skip
        self.table.grid(row=0, column=0, sticky="nsew", padx=8, pady=8)
        self.texts.call(lambda: self.table.empty.say(_("Nothing is done after runs yet.")))
        self._build_form()
        self.state_row.grid(row=4, padx=style.EDGE)
        self.row.grid(row=5)
        self.remove_button = Button(self.row, command=self.remove, look="danger")
        self.remove_button.pack(side="left")
        self.texts.show(self.remove_button, lambda: _("Remove"))
        self.switch_button = Button(self.row, command=self.switch)
        self.switch_button.pack(side="left", padx=style.GAP)
        self.texts.call(self.fit)

    def build_state(self) -> Row:
        self.state_row = super().build_state()
        return self.state_row

    def _build_form(self) -> None:
        form = Row(self)
        form.grid(row=3, column=0, sticky="ew", padx=style.EDGE, pady=style.GAP)
        first, second = Row(form), Row(form)
        first.pack(fill="x")
        second.pack(fill="x", pady=(style.GRID * 2, 0))
        self.report = Choice(first, [str(name) for name in ReportName], lambda _v: self.fit())
        self.report.set(str(ReportName.NEW))
        self.report.pack(side="left")
        self.format = Choice(first, [str(form) for form in Format])
        self.format.set(str(Format.XLSX))
        self.format.pack(side="left", padx=style.GAP)
        self.clients = Button(first, command=self._pick_clients, look="choice",
                              image="chevron_down", compound="right")  # fmt: skip
        self.clients.pack(side="left")
        self.folder_button = Button(second, command=self._pick_folder, look="choice",
                                    image="folder")  # fmt: skip
        self.folder_button.pack(side="left", padx=(0, style.GAP))
        self.only_new = CheckBox(second, lambda: None)
        self.only_new.pack(side="left", padx=(0, style.GAP))
        self.texts.show(self.only_new, lambda: _("only if there is something new"))
        self.telegram = CheckBox(second, lambda: None)
        self.telegram.pack(side="left")
        self.texts.show(self.telegram, lambda: _("also by Telegram"))
        self.texts.call(self._say_form)

    def _say_form(self) -> None:
        self.report.say({str(name): title(name) for name in ReportName})
        self.format.say({str(form): form.called for form in Format})
        self.clients.configure(text=_named(self._clients))
        folder = Path(self._folder).name if self._folder else _("Folder from Settings")
        self.folder_button.configure(text=folder)

    def ask(self) -> None:
        super().ask()
        self._read()

    def fit(self) -> None:
        super().fit()
        if not hasattr(self, "switch_button"):
            return
        rule = self._chosen()
        self.remove_button.enable(not self.busy and rule is not None)
        self.switch_button.enable(not self.busy and rule is not None)
        off = rule is not None and not rule.enabled
        self.switch_button.configure(text=_("Switch on") if off else _("Switch off"))
        report = ReportName(self.report.value)
        self.format.enable(report is not ReportName.BASE)
        self.clients.enable(Narrowing.CLIENTS in narrowings(report))

    def start(self) -> None:
        """Keep the rule that the form describes."""
        report = ReportName(self.report.value)
        narrowed = self._clients if Narrowing.CLIENTS in narrowings(report) else ()
        self._store(
            Rule(
                report,
                Format(self.format.value),
                tuple(client for client, _name in narrowed),
                self._folder,
                bool(self.only_new.get()),
                bool(self.telegram.get()),
            )
        )

    def switch(self) -> None:
        """Switch the chosen rule off, or on again."""
        if (rule := self._chosen()) is not None:
            self._store(replace(rule, enabled=not rule.enabled))

    def remove(self) -> None:
        if (rule := self._chosen()) is None:
            return
        database, number = self.window.program.settings.database_path, rule.id

        def work(_watch: Watch) -> None:
            with exclusive(database):
                remove_rule(database, number)

        self.work("", work, lambda _none: self._changed(), cancelled="")

    def _store(self, rule: Rule) -> None:
        database = self.window.program.settings.database_path

        def work(_watch: Watch) -> None:
            with exclusive(database, existing=False):
                store_rule(database, rule)

        self.work("", work, lambda _none: self._changed(), cancelled="")

    def _changed(self) -> None:
        self.say("")
        self._read()

    def _chosen(self) -> Rule | None:
        return next((self._rules[key] for key in self.table.selected if key in self._rules), None)

    def _pick_clients(self) -> None:
        self.window.dialog(PickClientsDialog).ask(self._clients, self._picked)

    def _picked(self, picked: Picked) -> None:
        self._clients = picked
        self._say_form()

    def _pick_folder(self) -> None:
        chosen = filedialog.askdirectory(parent=self, mustexist=True)
        self._folder = str(Path(chosen)) if chosen else ""
        self._say_form()

    def _read(self) -> None:
        database = self.window.program.settings.database_path
        self.window.background.run(
            lambda: _read(database), self._show, self.say_error, slot="after-run rules"
        )

    def _show(self, found: Sequence[Rule]) -> None:
        self._rules = {str(rule.id): rule for rule in found}
        self.table.show(
            TableRow(
                key,
                (rule_line(rule), rule.folder or _("Folder from Settings")),
                "" if rule.enabled else "muted",
            )
            for key, rule in self._rules.items()
        )
        self.fit()


def _named(clients: Picked) -> str:
    """Whom the rule is for, on its button: the one, or how many."""
    if len(clients) > 1:
        return _("Chosen: {clients}").format(clients=wording.clients(len(clients)))
    return _("Client: {name}").format(name=clients[0][1] if clients else _("all"))


# --- in a background thread ---


def _read(database: Path) -> Sequence[Rule]:
    try:
        with Reader(database) as reader:
            return rules(reader)
    except StorageFailure:  # nothing was collected yet
        return ()
