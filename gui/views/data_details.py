"""The right side of the Data view: everything about the chosen row, and what to do with it."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.formats import day, number
from core.i18n import _
from core.phones import wording
from core.phones.storage.queries.phone import PhoneDetails
from core.phones.storage.queries.phones import PhoneRow
from core.phones.storage.queries.tables import ClientRow, ProjectRow, RejectedRow
from gui import style
from gui.texts import Texts, Words
from gui.views.data_sheets import run_name, shown_phone
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.scroll import ScrollArea

WIDTH = 264
MOST_PLACES = 10
SIDE = style.PAD - 2  # beside the card's edge
TEXT_WIDTH = WIDTH - 2 * style.PAD - 6  # a scroll bar may be beside it
SECTIONS = 5

ACTIONS: dict[str, Words] = {
    "show_numbers": lambda: _("Show its numbers"),
    "show_projects": lambda: _("Show its projects"),
    "copy_number": lambda: _("Copy the number"),
    "copy": lambda: _("Copy the row"),
    "erase": lambda: _("Erase the number…"),
}

ACTIONS_OF: dict[type, tuple[str, ...]] = {
    PhoneRow: ("copy_number", "copy", "erase"),
    ProjectRow: ("show_numbers", "copy"),
    ClientRow: ("show_numbers", "show_projects", "copy"),
    RejectedRow: ("copy",),
}

Section = tuple[str, Sequence[str]]  # heading and lines


class Details(Card):
    """Shows one row. `actions`: copy, erase, show_numbers, show_projects, export."""

    def __init__(
        self, master: tk.Misc, texts: Texts, actions: Mapping[str, Callable[[], Any]]
    ) -> None:
        super().__init__(master, width=WIDTH)
        self.grid_propagate(False)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        # A number in ten projects with long names has more to say than a low window can show.
        self.area = ScrollArea(self, style.CARD)
        self.area.grid(row=0, column=0, sticky="nsew", padx=2, pady=style.RADIUS)
        inside = self.area.inside
        inside.columnconfigure(0, weight=1)
        self.heading = Label(inside, size=18, bold=True, wraplength=TEXT_WIDTH)
        self.heading.grid(row=0, column=0, sticky="w", padx=(SIDE, 0), pady=(style.RADIUS, 0))
        self.remark = Label(inside, colour=style.MUTED, wraplength=TEXT_WIDTH)
        self.remark.grid(row=1, column=0, sticky="w", padx=(SIDE, 0))
        self._sections: list[tuple[Label, Label]] = []
        for place in range(SECTIONS):
            title = Label(inside, size=style.SECONDARY, colour=style.MUTED)
            title.grid(row=2 + 2 * place, column=0, sticky="w", padx=(SIDE, 0),
                       pady=(style.GAP, 2))  # fmt: skip
            text = Label(inside, wraplength=TEXT_WIDTH)
            text.grid(row=3 + 2 * place, column=0, sticky="w", padx=(SIDE, 0))
            self._sections.append((title, text))
        row = Row(inside)
        row.grid(row=2 + 2 * SECTIONS, column=0, sticky="ew", padx=(SIDE, style.GRID),
                 pady=(style.PAD, 0))  # fmt: skip
        row.columnconfigure(0, weight=1)
        self.buttons: dict[str, Button] = {}
        for place, (key, text_of) in enumerate(ACTIONS.items()):
            look = "danger" if key == "erase" else "plain"
            button = Button(row, command=actions[key], look=look)
            button.grid(row=place, column=0, sticky="ew", pady=(0, style.GRID * 2))
            texts.show(button, text_of)
            self.buttons[key] = button
        self._hint = Label(self, colour=style.MUTED, wraplength=TEXT_WIDTH)
        texts.show(self._hint, lambda: _("Choose a row to see more about it."))
        self.show_nothing()

    def show_nothing(self) -> None:
        self._show("", "", (), ())
        self._hint.place(x=style.PAD, y=style.PAD)

    def show_phone(self, phone: PhoneDetails, where_from: str = "") -> None:
        """`where_from` is what the registry of number ranges says."""
        places = [f"{place.client} · {place.project}" for place in phone.sightings]
        more = len(places) - MOST_PLACES
        if more > 0:
            places = [*places[:MOST_PLACES], _("and in {n} more").format(n=number(more))]
        first = phone.first_seen_at.astimezone().date()
        last = phone.last_seen_at.astimezone().date()
        made = sorted({place.created_at[:10] for place in phone.sightings if place.created_at})
        self._show(
            shown_phone(phone.phone),
            _("in the answer: {text}").format(text=phone.original_format),
            (
                (_("Where it was seen"), places),
                (_("Region and operator"), [where_from] if where_from else []),
                (_("First · last seen"), [f"{day(first)} · {day(last)}"]),
                (
                    _("First · last run"),
                    [f"{run_name(phone.first_run_id)} · {run_name(phone.last_run_id)}"],
                ),
                (_("Date at the server"), [day(made[0])] if made else []),
            ),
            ACTIONS_OF[PhoneRow],
        )

    def show_project(self, project: ProjectRow) -> None:
        self._show(
            project.name,
            _("project {id}").format(id=project.id),
            (
                (_("Client"), [project.client]),
                (_("Numbers"), [number(project.phones)]),
            ),
            ACTIONS_OF[ProjectRow],
        )

    def show_client(self, client: ClientRow) -> None:
        self._show(
            client.username,
            _("client {name}").format(name=client.id),
            (
                (_("Projects"), [number(client.projects)]),
                (_("Numbers in its projects"), [number(client.links)]),
            ),
            ACTIONS_OF[ClientRow],
        )

    def show_rejected(self, row: RejectedRow) -> None:
        self._show(
            row.raw,
            wording.rejection(row.reason),
            (
                (_("Where it was seen"), [f"{row.client} · {row.project}"]),
                (
                    _("First · last run"),
                    [f"{run_name(row.first_run_id)} · {run_name(row.last_run_id)}"],
                ),
            ),
            ACTIONS_OF[RejectedRow],
        )

    def retheme(self) -> None:
        self.area.retheme()

    def enable_erase(self, enabled: bool) -> None:
        """Not while a run writes into the database."""
        self.buttons["erase"].enable(enabled)

    def _show(
        self, heading: str, remark: str, sections: Sequence[Section], buttons: Sequence[str]
    ) -> None:
        self._hint.place_forget()
        self.area.canvas.yview_moveto(0.0)
        self.heading.say(heading)
        self.remark.say(remark)
        filled = [(title, lines) for title, lines in sections if lines]
        for place, (title, text) in enumerate(self._sections):
            if place < len(filled):
                title.say(filled[place][0])
                text.say("\n".join(filled[place][1]))
                title.grid()
                text.grid()
            else:
                title.grid_remove()
                text.grid_remove()
        for key, button in self.buttons.items():
            if key in buttons:
                button.grid()
            else:
                button.grid_remove()
