"""The views in the window: made when first needed, one of them shown."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from gui.dialogs import load_dialogs
from gui.shell import Shell
from gui.views import VIEWS, find
from gui.views.base import View
from gui.widgets.banner import Toast
from gui.widgets.reading_order import tab_as_one_reads

PAUSE_MS = 15  # between two pieces that are built ahead


class _Window(Shell, Protocol):
    @property
    def closing(self) -> bool: ...
    @property
    def toasts(self) -> Toast: ...
    def after(self, ms: int, func: Callable[[], object], /) -> str: ...


class ViewStack:
    """Tk thread only."""

    def __init__(self, area: Any, window: _Window) -> None:
        self._area = area
        self._window = window
        self._views: dict[str, View] = {}
        self.shown_key = ""
        tab_as_one_reads(window, lambda: self.view(self.shown_key))

    def view(self, key: str) -> View:
        """The view, made on first use (its widgets may still be being built)."""
        if key not in self._views:
            self._views[key] = find(key).load()(self._area, self._window)
            self._window.toasts.lift()
        return self._views[key]

    def show(self, key: str) -> bool:
        """Show a view; False where it is shown already."""
        if key == self.shown_key:
            return False
        old = self._views.get(self.shown_key)
        view = self.view(key)
        view.finish_building()
        if old is not None:
            old.grid_remove()
            old.visible = False
            old.hidden()
        self.shown_key = key
        view.grid(row=0, column=0, sticky="nsew")
        view.visible = True
        view.shown()
        return True

    def all(self) -> Iterator[View]:
        """Those made so far."""
        yield from list(self._views.values())

    def built(self) -> Iterator[View]:
        """Those whose widgets are all there."""
        return (view for view in self.all() if view.built)

    def tick(self) -> None:
        """Countdowns and times of the shown view go on."""
        view = self._views.get(self.shown_key)
        if view is not None:
            view.on_tick()

    def build_ahead(self) -> None:
        """Load all modules in the background, then build the other views in idle moments."""
        self._window.background.run(self._load, lambda _loaded: self._build_piece())

    @staticmethod
    def _load() -> None:
        for spec in VIEWS:
            spec.load()
        load_dialogs()

    def _build_piece(self) -> None:
        if self._window.closing:
            return
        for spec in VIEWS:
            view = self.view(spec.key)
            if not view.built:
                view.build_step()
                self._window.after(PAUSE_MS, self._build_piece)
                return
