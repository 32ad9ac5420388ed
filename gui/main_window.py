"""The main window: side bar, views, menu bar, keys; events of the engine go through here."""

import logging
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import Any

import customtkinter as ctk

from core.events import Event
from core.i18n import _
from gui import editing, style, theming, window_state
from gui.background import Background
from gui.icons import ASSETS
from gui.pump import Pump
from gui.run_model import RunModel
from gui.session import OpenSession, Session
from gui.side_bar import SideBar
from gui.texts import Texts
from gui.views import VIEWS
from gui.views.base import View
from gui.widgets.banner import Answer, Toast
from gui.widgets.dialog import Dialog, Question
from gui.widgets.scroll import bind_wheel

log = logging.getLogger(__name__)

TICK_MS = 250
BUILD_PAUSE_MS = 15


class MainWindow(ctk.CTk):  # type: ignore[misc]  # customtkinter is untyped
    """The window. Everything but `pump.put` belongs to the Tk thread."""

    def __init__(
        self, open_session: OpenSession, state: window_state.WindowState, *, demo: bool = False
    ) -> None:
        theming.load(state.theme)
        super().__init__(fg_color=style.WINDOW, className="DataMasterCollector")
        self.withdraw()
        self.state_kept = state
        self.texts = Texts()
        self.run = RunModel()
        self.pump = Pump(self, self._on_event)
        self.background = Background(self.pump.put)
        self._open_session = open_session
        self.session: Session = open_session(demo)
        style.choose_fonts(self)
        ctk.set_widget_scaling(style.screen_scaling(self))
        self.theme = theming.Theme(self, state.theme, self.background, self._retheme)
        editing.install(self)
        bind_wheel(self)
        self._views: dict[str, View] = {}
        self._dialogs: dict[type[Dialog], Dialog] = {}
        self._ticking: str | None = None
        self.view_key = ""
        self.closing = False
        self._build()

    def _build(self) -> None:
        self.title("DataMaster Collector")
        self._icon = tk.PhotoImage(master=self, file=str(ASSETS / "icon.png"))
        self.iconphoto(True, self._icon)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(1, weight=1)
        self.side_bar = SideBar(self, self.texts, self.navigate)
        self.side_bar.grid(row=0, column=0, sticky="ns")
        self.area = ctk.CTkFrame(self, fg_color=style.WINDOW)
        self.area.grid(row=0, column=1, sticky="nsew")
        self.area.rowconfigure(0, weight=1)
        self.area.columnconfigure(0, weight=1)
        self.toasts = Toast(self.area)
        for number, spec in enumerate(VIEWS, start=1):
            self.bind(f"<Control-Key-{number}>", self._key(partial(self.navigate, spec.key)))
        self.protocol("WM_DELETE_WINDOW", self.ask_to_close)

    # --- showing ---

    def open(self) -> None:
        """Show the window and start the pump; the other views are built in idle moments."""
        self.navigate("collect")
        least = style.MIN_SIZE
        self.minsize(*least)
        window_state.restore(self, self.state_kept)
        self.deiconify()
        self.pump.start()
        self._tick()
        self.after(300, self._build_ahead)

    def navigate(self, key: str) -> None:
        """Show a view."""
        if key == self.view_key:
            return
        old = self._views.get(self.view_key)
        view = self.view(key)
        view.finish_building()
        if old is not None:
            old.grid_remove()
            old.visible = False
            old.hidden()
        self.view_key = key
        self.side_bar.choose(key)
        view.grid(row=0, column=0, sticky="nsew")
        view.visible = True
        view.shown()

    def view(self, key: str) -> View:
        """The view, made on first use (its widgets may still be being built)."""
        if key not in self._views:
            spec = next(spec for spec in VIEWS if spec.key == key)
            self._views[key] = spec.load()(self.area, self)
            self.toasts.lift()
        return self._views[key]

    def dialog(self, kind: type[Dialog]) -> Any:
        """The dialog of this kind, made on first use and kept."""
        if kind not in self._dialogs:
            self._dialogs[kind] = kind(self)
        return self._dialogs[kind]

    def toast(self, kind: str, sentence: str, answer: Answer | None = None) -> None:
        self.toasts.show(kind, sentence, answer)

    def ask(self, title: str, sentence: str, *answers: Answer, kind: str = "info") -> None:
        """Ask a question in a modal dialog; Esc and Cancel do nothing."""
        self.dialog(Question).ask(title, sentence, answers, kind=kind, cancel=_("Cancel"))

    def export(self, report: str | None = None, run_id: int | None = None) -> None:
        """Open the export dialog; a report or a run may be chosen beforehand."""

    # --- changes ---

    def set_theme(self, theme: str) -> None:
        self.state_kept.theme = theme
        self.theme.set(theme)

    def retranslate(self) -> None:
        """After `core.i18n` took another language."""
        self.texts.refresh()
        for each in self._parts():
            each.retranslate()

    def _retheme(self) -> None:
        for each in self._parts():
            each.retheme()

    def _parts(self) -> list[View | Dialog]:
        return [*self._views.values(), *self._dialogs.values()]

    # --- events ---

    def _on_event(self, event: Event) -> None:
        self.run.apply(event)
        for view in self._views.values():
            view.on_event(event)

    def _tick(self) -> None:
        try:
            view = self._views.get(self.view_key)
            if view is not None:
                view.on_tick()
        finally:
            self._ticking = self.after(TICK_MS, self._tick)

    def _build_ahead(self) -> None:
        """Build the views nobody has opened yet, a piece at a time."""
        if self.closing:
            return
        for spec in VIEWS:
            view = self.view(spec.key)
            if not view.built:
                view.build_step()
                self.after(BUILD_PAUSE_MS, self._build_ahead)
                return

    def _key(self, action: Callable[[], Any]) -> Callable[[Any], str]:
        def pressed(_event: Any) -> str:
            action()
            return "break"

        return pressed

    # --- end ---

    def ask_to_close(self) -> None:
        self.shut_down()

    def shut_down(self) -> None:
        """Close the window now; what runs must have ended."""
        if self.closing:
            return
        self.closing = True
        window_state.remember(self, self.state_kept)
        self.theme.stop()
        self.pump.stop()
        if self._ticking is not None:
            self.after_cancel(self._ticking)
        self.background.close()
        self.session.close()
        self.destroy()
