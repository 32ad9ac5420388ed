"""The order of a table's columns: dragged by their headings, or moved from a menu."""

import tkinter as tk
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from core.i18n import _
from gui import style
from gui.widgets.context_menu import MenuEntry, pop_up_menu
from gui.widgets.table_widths import Column

GRIP = 6  # unscaled; so far the pointer moves before a heading is dragged and not pressed
LINE = 2  # unscaled width of the line where the column would be put


class ColumnOrder:
    """Columns from left to right. `memory` keeps what people made of it between starts."""

    def __init__(self, columns: Sequence[Column], memory: MutableMapping[str, Any]) -> None:
        self._first = tuple(columns)
        self._memory = memory

    @property
    def columns(self) -> Sequence[Column]:
        """All of them; those that a newer program has brought stand at the end."""
        kept = self._memory.get("columns")
        if not isinstance(kept, list):
            return self._first
        places = {key: place for place, key in enumerate(kept) if isinstance(key, str)}
        return sorted(self._first, key=lambda column: places.get(column.key, len(places)))

    def move(self, key: str, before: str | None) -> None:
        """Put a column before another one, or at the end."""
        keys = [column.key for column in self.columns if column.key != key]
        keys.insert(len(keys) if before is None else keys.index(before), key)
        self._memory["columns"] = keys

    def forget(self) -> None:
        self._memory.pop("columns", None)


class ColumnHand:
    """What people do with the headings of a table. Tk thread only.

    `shown` are the columns from left to right, `moved` is called after a change, `reset` puts
    order and widths back as they were at first.
    """

    def __init__(
        self,
        tree: ttk.Treeview,
        order: ColumnOrder,
        shown: Callable[[], Sequence[Column]],
        moved: Callable[[], None],
        reset: Callable[[], None],
    ) -> None:
        self._tree = tree
        self._order = order
        self._shown = shown
        self._moved = moved
        self._reset = reset
        self._held: tuple[str, int] | None = None  # the heading that is pressed, and where
        self._dragging = False
        self._line = tk.Frame(tree, borderwidth=0)
        self._menu = tk.Menu(tree, tearoff=False)
        tree.bind("<Button-1>", self._press, add="+")
        tree.bind("<B1-Motion>", self._drag, add="+")
        tree.bind("<ButtonRelease-1>", self._release, add="+")
        tree.bind("<Escape>", self._let_go, add="+")

    def entries(self) -> Sequence[MenuEntry]:
        """Each column with what can be done with it: the keyboard's way, from the menu of a
        row."""
        each: list[MenuEntry] = [
            (column.title(), self._entries_of(column), True)
            for column in self._shown()
            if column.title()
        ]
        return [*each, (_("As they were"), self._reset, True)]

    def pop_up(self, event: Any) -> bool:
        """The menu of the heading under the pointer; False where there is none."""
        column = self._under(event)
        if column is None:
            return False
        entries = (*self._entries_of(column), (_("As they were"), self._reset, True))
        pop_up_menu(self._menu, entries, event.x_root, event.y_root)
        return True

    def pop_up_all(self, x: int, y: int) -> None:
        pop_up_menu(self._menu, self.entries(), x, y)

    def _entries_of(self, column: Column) -> Sequence[MenuEntry]:
        shown = self._shown()
        place = shown.index(column)
        return (
            (_("Move left"), partial(self._step, column.key, -1), place > 0),
            (_("Move right"), partial(self._step, column.key, 1), place < len(shown) - 1),
        )

    def _step(self, key: str, step: int) -> None:
        keys = [column.key for column in self._shown()]
        place = keys.index(key) + step
        keys.remove(key)
        if 0 <= place <= len(keys):
            self._put(key, keys[place] if place < len(keys) else None)

    def _put(self, key: str, before: str | None) -> None:
        self._order.move(key, before)
        self._moved()

    # --- dragging ---

    def _press(self, event: Any) -> None:
        column = self._under(event)
        self._held = (column.key, event.x) if column is not None else None
        self._dragging = False

    def _drag(self, event: Any) -> str | None:
        if self._held is None:
            return None
        key, begun = self._held
        if not self._dragging and abs(event.x - begun) > style.pixels(self._tree, GRIP):
            self._dragging = True
            self._tree.configure(cursor="fleur")
        if not self._dragging:
            return None
        self._unpress(key)
        self._show_line(self._gap(event.x))
        return "break"  # ttk would press the heading again when the pointer comes back to it

    def _release(self, event: Any) -> None:
        if self._held is not None and self._dragging:
            key, gap = self._held[0], self._gap(event.x)
            keys = [column.key for column in self._shown()]
            if gap not in (keys.index(key), keys.index(key) + 1):
                self._put(key, keys[gap] if gap < len(keys) else None)
        self._let_go(event)

    def _let_go(self, _event: Any) -> None:
        if self._held is not None and self._dragging:
            self._unpress(self._held[0])  # a heading that was dragged sorts nothing
            self._tree.configure(cursor="")
            self._line.place_forget()
        self._held, self._dragging = None, False

    def _unpress(self, key: str) -> None:
        self._tree.tk.call(self._tree, "heading", key, "state", "!pressed")

    def _under(self, event: Any) -> Column | None:
        if self._tree.identify_region(event.x, event.y) != "heading":
            return None
        place, shown = int(self._tree.identify_column(event.x)[1:]) - 1, self._shown()
        return shown[place] if 0 <= place < len(shown) else None

    def _edges(self) -> list[int]:
        """Where the columns begin, and where the last one ends, as the pointer counts."""
        widths = [int(self._tree.column(column.key, "width")) for column in self._shown()]
        edges = [-round(self._tree.xview()[0] * sum(widths))]
        for width in widths:
            edges.append(edges[-1] + width)
        return edges

    def _gap(self, x: int) -> int:
        """Before which column it would be put: the edge that is nearest."""
        edges = self._edges()
        return min(range(len(edges)), key=lambda place: abs(edges[place] - x))

    def _show_line(self, gap: int) -> None:
        thick = max(1, style.pixels(self._tree, LINE))
        right = self._tree.winfo_width() - thick
        self._line.configure(background=style.shade(style.ACCENT))
        self._line.place(
            x=min(max(0, self._edges()[gap] - thick // 2), right), y=0, width=thick, relheight=1
        )
