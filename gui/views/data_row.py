"""The chosen row of the Data view: what is shown of it, and what can be done with it."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from core.phones.storage.queries.phone import PhoneDetails
from core.phones.storage.queries.phones import PhoneRow
from core.phones.storage.queries.tables import ClientRow, ProjectRow, RejectedRow
from gui import style
from gui.shell import Shell
from gui.texts import Texts
from gui.ttk_style import menu_colours
from gui.views.data_details import ACTIONS, ACTIONS_OF, Details
from gui.views.data_reading import read_details
from gui.views.data_sheets import Filters, Item


class ChosenRow:
    """Tk thread only; where a phone was seen is read in the background."""

    def __init__(
        self,
        master: tk.Misc,
        window: Shell,
        texts: Texts,
        look_at: Callable[[str, Filters], Any],
    ) -> None:
        """`look_at(sheet, filters)` changes to another table."""
        self._window = window
        self._look_at = look_at
        self._item: Item | None = None
        self._cells: Sequence[str] = ()
        self.phone: PhoneDetails | None = None
        self._actions: dict[str, Callable[[], object]] = {
            "copy": self.copy,
            "erase": self._ask_to_erase,
            "show_numbers": self._show_numbers,
            "show_projects": self._show_projects,
        }
        self.details = Details(master, texts, self._actions)
        self.menu = tk.Menu(master, tearoff=False)

    def show(self, item: Item, cells: Sequence[str]) -> None:
        """`cells` are the texts of the row as the table has them."""
        self._item, self._cells, self.phone = item, cells, None
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
        self._item, self._cells, self.phone = None, (), None
        self.details.show_nothing()

    def look_inside(self) -> None:
        """Double click or Return: the projects of a client, the numbers of a project."""
        if isinstance(self._item, ClientRow):
            self._show_projects()
        elif isinstance(self._item, ProjectRow):
            self._show_numbers()

    def copy(self) -> None:
        """Its cells with tabs between, as spreadsheets take it; a number as it is stored."""
        cells = self._cells
        if isinstance(self._item, PhoneRow):
            cells = (self._item.phone, *cells[1:])
        if cells:
            self._window.copy("\t".join(cells))

    def pop_up(self, x: int, y: int) -> None:
        """A menu of what the buttons beside the table do."""
        menu = self.menu
        menu.delete(0, "end")
        menu.configure({"font": style.plain_font(menu), **menu_colours()})
        possible = ACTIONS_OF.get(type(self._item), ())
        for key, words in ACTIONS.items():
            if key in possible:
                enabled = self.details.buttons[key].enabled
                menu.add_command(label=words(), command=self._actions[key],
                                 state="normal" if enabled else "disabled")  # fmt: skip
        menu.tk_popup(x, y)

    def _show_phone(self, item: PhoneRow, phone: PhoneDetails | None) -> None:
        if item is not self._item:
            return  # another row was chosen while it was read
        self.phone = phone
        if phone is None:
            self.details.show_nothing()
        else:
            self.details.show_phone(phone)

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
