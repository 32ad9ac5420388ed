"""Parts of the Growth view: the tiles, and a run beside the one before."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

from core.formats import duration, number, percent, size
from core.i18n import _
from core.phones import wording
from core.phones.storage.queries.overview import Overview
from core.phones.storage.queries.runs import GrowthRow
from gui import style
from gui.texts import Texts, Words
from gui.views.dashboard_data import DashboardData
from gui.widgets.basics import Card, Label
from gui.widgets.tiles import StatTile, TileRow

DASH = "—"
TILES_IN_ONE_ROW = 900  # unscaled width that six tiles need; below it there are two rows of three


class Tiles(TileRow):
    """The six numbers of the database."""

    def __init__(self, master: tk.Misc, texts: Texts) -> None:
        super().__init__(master)
        titles: dict[str, Words] = {
            "phones": lambda: _("Unique numbers"),
            "new": lambda: _("New in the last run"),
            "clients": lambda: _("Clients"),
            "projects": lambda: _("Projects"),
            "records": lambda: _("Records"),
            "size": lambda: _("Database"),
        }
        for key, title in titles.items():
            tile = StatTile(self, remark=True, colour=style.ACCENT if key == "new" else style.TEXT)
            texts.show(tile.title, title)
            tile.number.say(DASH)
            self.tiles[key] = tile
        self.arrange(len(titles))

    def _resized(self, event: Any) -> None:
        narrow = event.width < style.pixels(self, TILES_IN_ONE_ROW)
        self.arrange(3 if narrow else len(self.tiles))
        super()._resized(event)

    def show_nothing(self) -> None:
        self.say(dict.fromkeys(self.tiles, DASH))
        for tile in self.tiles.values():
            if tile.remark is not None:
                tile.remark.say("")

    def show(self, data: DashboardData) -> None:
        totals = data.overview
        values = {
            "phones": (number(totals.phones), _rejected(totals)),
            "new": (number(totals.new_phones), _growth(data)),
            "clients": (number(totals.clients), ""),
            "projects": (number(totals.projects), ""),
            "records": (number(totals.records), _per_phone(totals)),
            "size": (size(totals.file_bytes), _bytes_each(totals)),
        }
        self.say({key: value for key, (value, _remark) in values.items()})
        for key, (_value, remark) in values.items():
            tile = self.tiles[key]
            if tile.remark is not None:
                tile.remark.say(remark)
        self._fit()  # the remarks, too


def _rejected(totals: Overview) -> str:
    """Different ones in the whole base; a run counts each record that it was sent."""
    if not totals.rejected:
        return _("none rejected")
    return wording.rejected_numbers(totals.rejected)


def _growth(data: DashboardData) -> str:
    newest = data.rows[-1] if data.rows else None
    if newest is None:
        return ""
    name = _("run {id}").format(id=newest.run.id)
    if newest.growth_percent is None:
        return name
    return f"+{percent(newest.growth_percent / 100, 1)}, {name}"


def _per_phone(totals: Overview) -> str:
    if not totals.phones:
        return ""
    return _("{n} a number").format(n=number(totals.records / totals.phones, 1))


def _bytes_each(totals: Overview) -> str:
    if not totals.records:
        return ""
    return _("{size} a record").format(size=size(totals.file_bytes / totals.records))


class AgainstBefore(Card):
    """A run beside the one before it, line by line."""

    def __init__(self, master: tk.Misc, texts: Texts) -> None:
        super().__init__(master)
        self.columnconfigure(0, weight=1)
        self.title = Label(self, bold=True)
        self.title.grid(row=0, column=0, columnspan=4, sticky="w", padx=style.PAD,
                        pady=(style.PAD, style.GRID))  # fmt: skip
        self._heads = [Label(self, size=style.SMALL, colour=style.MUTED) for _n in range(3)]
        for column, head in enumerate(self._heads, start=1):
            head.grid(row=1, column=column, sticky="e",
                      padx=(style.PAD, style.PAD if column == 3 else 0))  # fmt: skip
        texts.show(self._heads[2], lambda: _("Change"))
        self._lines: list[tuple[Label, Label, Label]] = []
        for row, (words, _value, _text) in enumerate(LINES, start=2):
            name = Label(self, size=style.SECONDARY, colour=style.MUTED)
            name.grid(row=row, column=0, sticky="w", padx=(style.PAD, 0), pady=3)
            texts.show(name, words)
            cells = (
                Label(self, size=style.SECONDARY, bold=True),
                Label(self, size=style.SECONDARY, colour=style.MUTED),
                Label(self, size=style.SECONDARY),
            )
            for column, cell in enumerate(cells, start=1):
                last = style.PAD if column == 3 else 0
                cell.grid(row=row, column=column, sticky="e", padx=(style.PAD, last))
            self._lines.append(cells)
        self.rowconfigure(len(LINES) + 2, weight=1, minsize=style.GAP)

    def show(self, row: GrowthRow | None, before: GrowthRow | None) -> None:
        name = _("No. {id}").format(id=row.run.id) if row else DASH
        name_before = _("No. {id}").format(id=before.run.id) if before else DASH
        if before is None:
            self.title.say(_("Run {name}").format(name=name))
        else:
            self.title.say(
                _("Run {name} compared with {before}").format(name=name, before=name_before)
            )
        self._heads[0].say(name)
        self._heads[1].say(name_before)
        for (now, then, change), (_words, value, text) in zip(self._lines, LINES, strict=True):
            here = value(row) if row else None
            there = value(before) if before else None
            now.say(DASH if here is None else text(here))
            then.say(DASH if there is None else text(there))
            change.say(DASH if here is None or there is None else _change(here, there))


def _change(here: float, there: float) -> str:
    if here == there:
        return "0"
    if not there:
        return DASH
    share = percent((here - there) / there, 1)
    return share if here < there else f"+{share}"


Line = tuple[Words, Callable[[GrowthRow], float], Callable[[float], str]]

LINES: tuple[Line, ...] = (
    (lambda: _("New numbers"), lambda row: row.run.new_phones, number),
    (lambda: _("Numbers in all"), lambda row: row.unique_so_far, number),
    (lambda: _("Records"), lambda row: row.run.received, number),
    (lambda: _("Rejected"), lambda row: row.run.rejected, number),
    (lambda: _("Requests"), lambda row: row.run.requests, number),
    (lambda: _("Duration"), lambda row: row.run.seconds, duration),
    (lambda: _("Errors"), lambda row: row.run.errors_count, number),
)
