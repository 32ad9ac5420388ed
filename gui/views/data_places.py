"""The row of filters by region and operator; not there before a registry is loaded."""

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.database.failures import StorageFailure
from core.formats import number
from core.i18n import _
from core.phones.registry.located import operators, places
from core.phones.registry.words import place_name
from core.phones.storage.reader import Reader
from gui import style
from gui.dialogs.pick import Found, PickDialog
from gui.shell import Shell
from gui.texts import Texts
from gui.views.data_sheets import Filters, Sheet
from gui.widgets.basics import Row
from gui.widgets.buttons import Button

Place = tuple[int, str] | None
LETTERS = 34  # of a name on its button


class PlaceRow(Row):
    """`changed` gets the chosen region and operator, id and name of each or None."""

    def __init__(
        self,
        master: tk.Misc,
        window: Shell,
        texts: Texts,
        changed: Callable[[Place, Place], Any],
    ) -> None:
        super().__init__(master)
        self._window = window
        self._changed = changed
        self._region: Place = None
        self._operator: Place = None
        self._regions: Found = ()
        self._operators: Found = ()
        self._used = True
        self.region = Button(self, command=self._pick_region, look="choice",
                             image="chevron_down", compound="right")  # fmt: skip
        self.region.pack(side="left", padx=(0, style.GAP))
        self.operator = Button(self, command=self._pick_operator, look="choice",
                               image="chevron_down", compound="right")  # fmt: skip
        self.operator.pack(side="left")
        texts.call(self._say)
        self.grid_remove()

    @property
    def loaded(self) -> bool:
        """Whether a registry is loaded that some stored number is in."""
        return bool(self._regions)

    def use(self, sheet: Sheet) -> None:
        """Shown where it narrows this table."""
        self._used = "place" in sheet.uses
        self._show()

    def put(self, filters: Filters) -> None:
        """Other filters, without telling."""
        self._region, self._operator = filters.region, filters.operator
        self._say()

    def read(self) -> None:
        """What there is to choose from, in the background."""
        path = self._window.program.settings.database_path
        self._window.background.run(
            lambda: _read(path), self._found, lambda _error: None, slot="data places"
        )

    def _found(self, found: tuple[Found, Found]) -> None:
        self._regions, self._operators = found
        self._show()

    def _show(self) -> None:
        if self._used and self._regions:
            self.grid()
        else:
            self.grid_remove()

    def _say(self) -> None:
        self.region.configure(text=_("Region: {name}").format(name=_short(self._region)))
        self.operator.configure(text=_("Operator: {name}").format(name=_short(self._operator)))

    def _pick_region(self) -> None:
        def chosen(pick: Place) -> None:
            self._set(pick, self._operator)

        self._pick(lambda: _("Region"), self._regions, chosen)

    def _pick_operator(self) -> None:
        def chosen(pick: Place) -> None:
            self._set(self._region, pick)

        self._pick(lambda: _("Operator"), self._operators, chosen)

    def _pick(self, words: Any, among: Found, chosen: Callable[[Place], None]) -> None:
        def find(_reader: Reader, text: str) -> Found:
            return [row for row in among if text.casefold() in row[1].casefold()]

        self._window.dialog(PickDialog).ask(words, find, chosen)

    def _set(self, region: Place, operator: Place) -> None:
        self._region, self._operator = region, operator
        self._say()
        self._changed(region, operator)


def _short(chosen: Place) -> str:
    if chosen is None:
        return _("all")
    return chosen[1] if len(chosen[1]) <= LETTERS else f"{chosen[1][: LETTERS - 1]}…"


def _read(path: Path) -> tuple[Found, Found]:
    """Regions and operators that stored numbers are of; in a background thread."""
    try:
        with Reader(path) as reader:
            regions: Sequence[tuple[int, str, str]] = [
                (found.id, place_name(found), number(found.phones)) for found in places(reader)
            ]
            return regions, [
                (found.id, found.name, number(found.phones)) for found in operators(reader)
            ]
    except StorageFailure:  # nothing was collected yet
        return (), ()
