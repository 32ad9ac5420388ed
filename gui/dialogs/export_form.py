"""What the export dialog asks: report, run, period, clients, format, folder."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import filedialog

from core.errors import UserError
from core.i18n import _
from core.phones.reports.catalog import narrowings
from core.phones.reports.names import Format, Narrowing, ReportName
from core.phones.reports.titles import description, title
from core.tables.dialect import DELIMITERS, usual_delimiter
from gui import style
from gui.dialogs.export_choice import NEWEST, ExportChoice, day_of
from gui.texts import Texts, Words
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button, Segmented
from gui.widgets.fields import Choice, Field


class ExportForm(Card):
    """The fields. Those that the chosen report does not use are there and cannot be changed."""

    def __init__(
        self,
        master: tk.Misc,
        texts: Texts,
        usual_folder: Callable[[], str],
        otherwise: Callable[[], object],
    ) -> None:
        """`usual_folder` is the one of the settings; `otherwise` is called where not what the Data
        view shows is to be exported."""
        super().__init__(master)
        self._otherwise = otherwise
        self._in_view = False
        self._usual_folder = usual_folder
        self._runs: Sequence[int] = ()
        self._free = True
        self._row = 0
        self.columnconfigure(1, weight=1)
        self._texts = texts
        self._build()
        texts.call(self._say_choices)

    # --- the choice ---

    def put(self, choice: ExportChoice) -> None:
        self.report.set(choice.report)
        self.run.set(choice.run)
        self.since.put(choice.since)
        self.until.put(choice.until)
        self._check_dates()
        self.clients.put(choice.clients)
        self.format.set(choice.format)
        usual = next(name for name, sign in DELIMITERS.items() if sign == usual_delimiter())
        self.delimiter.set(choice.delimiter or usual)
        self.folder.put(choice.folder or self._usual_folder())
        self._chosen()

    @property
    def choice(self) -> ExportChoice:
        folder = self.folder.get().strip()
        usual = folder == self._usual_folder()
        return ExportChoice(
            self.report.value,
            self.run.value,
            self.since.get(),
            self.until.get(),
            self.clients.get(),
            self.format.value,
            self.delimiter.value,
            "" if usual else folder,
        )

    def enable(self, free: bool) -> None:
        """Not while an export goes on."""
        self._free = free
        self._chosen()

    def show_view(self, words: str | None) -> None:
        """What the Data view shows is exported, told in these words; None: what is chosen here."""
        self._in_view = words is not None
        self.view.say(words or "")
        if words is not None:
            self._view_row.grid()
        else:
            self._view_row.grid_remove()
        self._chosen()

    def show_runs(self, runs: Sequence[int]) -> None:
        """The runs that can be chosen, newest first."""
        self._runs = runs
        self._say_runs()

    @property
    def runs(self) -> Sequence[int]:
        """The runs that can be chosen."""
        return self._runs

    def _chosen(self) -> None:
        """Only what the chosen report can be narrowed by, and what its format has."""
        report = ReportName(self.report.value)
        by = narrowings(report) if not self._in_view else frozenset()
        free = self._free
        self.about.say(description(report))
        self.report.enable(free and not self._in_view)
        self.other.enable(free)
        self.run.enable(free and Narrowing.RUN in by)
        for field in (self.since, self.until):
            field.configure(state="normal" if free and Narrowing.PERIOD in by else "disabled")
        self.clients.configure(state="normal" if free and Narrowing.CLIENTS in by else "disabled")
        table = report is not ReportName.BASE
        self.format.enable(free and table)
        self.delimiter.enable(free and table and self.format.value == Format.CSV)
        self.folder.configure(state="normal" if free else "disabled")
        self.choose.enable(free)

    def _check_dates(self) -> None:
        """What is wrong with a date stands beside it."""
        self.wrong.say("")
        for field in (self.since, self.until):
            try:
                day_of(field.get())
            except UserError as error:
                field.mark_wrong(True)
                self.wrong.say(error.hint)
            else:
                field.mark_wrong(False)

    def _choose_folder(self) -> None:
        folder = filedialog.askdirectory(parent=self, initialdir=self.folder.get())
        if folder:
            self.folder.put(folder)

    # --- building ---

    def _build(self) -> None:
        self.report = Choice(self, [str(name) for name in ReportName], lambda _v: self._chosen())
        self._add(lambda: _("Report"), self.report)
        self.about = Label(self, size=style.SECONDARY, colour=style.MUTED, wraplength=400)
        self._add(None, self.about)
        self._view_row = Row(self)
        self._view_row.columnconfigure(0, weight=1)
        self.view = Label(self._view_row, bold=True, wraplength=290)
        self.view.grid(row=0, column=0, sticky="w")
        self.other = Button(self._view_row, command=self._otherwise, look="quiet")
        self.other.grid(row=0, column=1, padx=(style.GRID * 2, 0))
        self._texts.show(self.other, lambda: _("Choose otherwise"))
        self._add(None, self._view_row, sticky="ew")
        self.run = Choice(self, [NEWEST])
        self._add(lambda: _("Run"), self.run)
        period = Row(self)
        self.since = Field(period, width=120, changed=self._check_dates)
        self.until = Field(period, width=120, changed=self._check_dates)
        self.since.pack(side="left")
        Label(period, "–").pack(side="left", padx=style.GRID * 2)
        self.until.pack(side="left")
        for field in (self.since, self.until):
            self._texts.show(field, lambda: _("dd.mm.yyyy"), "placeholder_text")
        self.wrong = Label(period, size=style.SMALL, colour=style.ERROR)
        self.wrong.pack(side="left", padx=(style.GAP, 0))
        self._add(lambda: _("Period"), period)
        self.clients = Field(self, width=400)
        self._texts.show(self.clients, lambda: _("All; else names or numbers, with commas"),
                        "placeholder_text")  # fmt: skip
        self._add(lambda: _("Clients"), self.clients)
        kind = Row(self)
        self.format = Segmented(kind, [str(each) for each in Format], lambda _v: self._chosen())
        self.format.pack(side="left")
        self.format.say({str(each): each.called for each in Format})
        self.between = Label(kind, colour=style.MUTED)
        self.between.pack(side="left", padx=(style.GAP, style.GRID * 2))
        self._texts.show(self.between, lambda: _("Between columns"))
        self.delimiter = Segmented(kind, list(DELIMITERS))
        self.delimiter.pack(side="left")
        self._add(lambda: _("Format"), kind)
        place = Row(self)
        place.columnconfigure(0, weight=1)
        self.folder = Field(place, width=280)
        self.folder.grid(row=0, column=0, sticky="ew")
        self.choose = Button(place, command=self._choose_folder, image="folder")
        self.choose.grid(row=0, column=1, padx=(style.GRID * 2, 0))
        self._texts.show(self.choose, lambda: _("Choose…"))
        self._add(lambda: _("Folder"), place, last=True, sticky="ew")

    def _say_choices(self) -> None:
        self.report.say({str(name): title(name) for name in ReportName})
        self.delimiter.say({";": ";", ",": ",", "tab": _("Tab")})
        self._say_runs()
        self._chosen()

    def _say_runs(self) -> None:
        texts = {str(run): _("Run {id}").format(id=run) for run in self._runs}
        texts[NEWEST] = _("The newest run")
        if self.run.value not in texts:
            texts[self.run.value] = _("Run {id}").format(id=self.run.value)
        self.run.say(texts, [NEWEST, *map(str, self._runs)])

    def _add(
        self, words: Words | None, widget: tk.Misc, *, last: bool = False, sticky: str = "w"
    ) -> None:
        top = style.PAD if self._row == 0 else 5
        bottom = style.PAD if last else 5
        if words is not None:
            label = Label(self, colour=style.MUTED)
            label.grid(row=self._row, column=0, sticky="w",
                       padx=(style.PAD, style.GAP), pady=(top, bottom))  # fmt: skip
            self._texts.show(label, words)
        widget.grid(row=self._row, column=1, sticky=sticky,  # type: ignore[attr-defined]
                    padx=(0, style.PAD), pady=(top, bottom))  # fmt: skip
        self._row += 1
