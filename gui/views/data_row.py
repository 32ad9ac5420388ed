"""The chosen row of the Data view: what is shown of it, and what can be done with it."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.phones.registry.words import place
from core.phones.storage.queries.phone import PhoneDetails
from core.phones.storage.queries.phones import PhoneRow
from core.phones.storage.queries.tables import ClientRow, ProjectRow, RejectedRow
from gui.shell import Shell
from gui.texts import Texts
from gui.views.data_details import ACTIONS, ACTIONS_OF, Details
from gui.views.data_reading import read_details
from gui.views.data_sheets import Filters, Item
from gui.widgets.context_menu import MenuEntry, pop_up_menu


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """All selected rows, and their cells as text, numbers as they are stored."""

    items: Sequence[Item]
    text: str


class ChosenRow:
    """Tk thread only; where a phone was seen is read in the background."""

    def __init__(
        self,
        master: tk.Misc,
        window: Shell,
        texts: Texts,
        look_at: Callable[[str, Filters], Any],
        chosen: Callable[[], ChosenRows],
    ) -> None:
        """`look_at(sheet, filters)` changes to another table; `chosen` are all selected rows."""
        self._window = window
        self._look_at = look_at
        self._chosen = chosen
        self._item: Item | None = None
        self.phone: PhoneDetails | None = None
        self._actions: dict[str, Callable[[], object]] = {
            "copy_number": self.copy_numbers,
            "copy": self.copy_rows,
            "erase": self._ask_to_erase,
            "show_numbers": self._show_numbers,
            "show_projects": self._show_projects,
        }
        self.details = Details(master, texts, self._actions)
        self.menu = tk.Menu(master, tearoff=False)

    def show(self, item: Item) -> None:
        self._item, self.phone = item, None
        match item:
            case PhoneRow():
                path = self._window.program.settings.database_path
                self._window.background.run(
                    lambda: read_details(path, item.id),
                    lambda phone: self._show_phone(item, phone),
                    lambda _error: None,
                    slot="data details",
                )
            case ProjectRow():
                self.details.show_project(item)
            case ClientRow():
                self.details.show_client(item)
            case RejectedRow():
                self.details.show_rejected(item)

    def show_nothing(self) -> None:
        self._item, self.phone = None, None
        self.details.show_nothing()

    def look_inside(self) -> None:
        """Double click or Return: the projects of a client, the numbers of a project."""
        if isinstance(self._item, ClientRow):
            self._show_projects()
        elif isinstance(self._item, ProjectRow):
            self._show_numbers()

    def copy_rows(self) -> None:
        """All chosen rows, as spreadsheets take them."""
        if text := self._chosen().text:
            self._window.copy(text)

    def copy_numbers(self) -> None:
        """The chosen numbers alone, one a line, as they are stored."""
        numbers = [item.phone for item in self._chosen().items if isinstance(item, PhoneRow)]
        if numbers:
            self._window.copy("\n".join(numbers))

    def pop_up(self, x: int, y: int, more: MenuEntry) -> None:
        """A menu of what the buttons beside the table do, and `more`."""
        possible = ACTIONS_OF.get(type(self._item), ())
        entries: list[MenuEntry] = [
            (words(), self._actions[key], self.details.buttons[key].enabled)
            for key, words in ACTIONS.items()
            if key in possible
        ]
        pop_up_menu(self.menu, [*entries, more], x, y)

    def _show_phone(self, item: PhoneRow, phone: PhoneDetails | None) -> None:
        if item is not self._item:
            return  # another row was chosen while it was read
        self.phone = phone
        if phone is None:
            self.details.show_nothing()
        else:
            where_from = (place(item.place_kind, item.place), item.operator)
            self.details.show_phone(phone, "\n".join(filter(None, where_from)))

    def _show_numbers(self) -> None:
        match self._item:
            case ProjectRow() as project:
                filters = Filters(
                    client=(project.client_id, project.client), project=(project.id, project.name)
                )
            case ClientRow() as client:
                filters = Filters(client=(client.id, client.username))
            case _:
                return
        self._look_at("phones", filters)

    def _show_projects(self) -> None:
        if isinstance(self._item, ClientRow):
            client = (self._item.id, self._item.username)
            self._look_at("projects", Filters(client=client))

    def _ask_to_erase(self) -> None:
        if isinstance(self._item, PhoneRow):
            self._window.safekeeping.erase(self._item.phone)
