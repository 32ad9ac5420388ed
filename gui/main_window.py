"""The main window: side bar, views, menu bar, keys; events of the engine go through here."""

import logging
import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import customtkinter as ctk

from core.errors import UserError
from core.events import Event, RunFinished, RunStarted
from core.i18n import _, set_language
from core.program import Program
from core.run_request import Selection
from core.settings.load import Loaded, load, save
from gui import editing, opening, style, theming, window_state
from gui.background import Background
from gui.dialogs.about import AboutDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.guide import GuideDialog
from gui.dialogs.what_to_collect import WhatToCollect
from gui.icons import ASSETS
from gui.keep_awake import KeepAwake
from gui.menu_bar import MenuBar
from gui.notify import announce
from gui.pump import Pump
from gui.run_control import RunControl
from gui.run_model import RunModel
from gui.safekeeping import Safekeeping
from gui.second_copy import OneWindow
from gui.side_bar import SideBar
from gui.texts import Texts
from gui.views import VIEWS, find
from gui.views.base import View
from gui.widgets.banner import Answer, Toast
from gui.widgets.dialog import Dialog, Question
from gui.widgets.scroll import bind_wheel

log = logging.getLogger(__name__)

TICK_MS = 250
BUILD_PAUSE_MS = 15

OpenProgram = Callable[[bool], Program]


class MainWindow(ctk.CTk):  # type: ignore[misc]  # customtkinter is untyped
    """The window. Everything but `pump.put` belongs to the Tk thread."""

    def __init__(
        self,
        program: Program,
        open_program: OpenProgram,
        kept: window_state.WindowState,
        one: OneWindow,
        environ: Mapping[str, str],
    ) -> None:
        """`open_program(demo)` gives the program to change to when the demo is entered or left;
        `kept` is what was remembered; `one` says when a second copy asks for the window."""
        self.program = program
        theming.load(self.program.settings.theme)
        super().__init__(fg_color=style.WINDOW, className="DataMasterCollector")
        self.withdraw()
        self.kept = kept
        self.texts = Texts()
        self.run = RunModel()
        self.pump = Pump(self, self._on_event)
        self.background = Background(self.pump.put)
        self.keep_awake = KeepAwake()
        self._open_program = open_program
        self._one = one
        self.environ = environ
        self.program.collector.watch(self.pump.put)
        style.choose_fonts(self)
        self._scale()
        self.theme = theming.Theme(
            self, self.program.settings.theme, self.background, self._retheme
        )
        editing.install(self)
        bind_wheel(self)
        self.runs = RunControl(self)
        self._views: dict[str, View] = {}
        self._dialogs: dict[type[Dialog], Dialog] = {}
        self.safekeeping = Safekeeping(self)
        self._ticking: str | None = None
        self._quit_at_end = False
        self.view_key = ""
        self.closing = False
        self._build()

    def _scale(self) -> None:
        factor = style.screen_scaling(self)
        if factor != 1.0:
            ctk.set_widget_scaling(factor)
            ctk.set_window_scaling(factor)
            self._set_scaled_min_max()  # CustomTkinter would hold the old size for a second

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
        self.menu_bar = MenuBar(self)
        self._bind_keys()
        self.protocol("WM_DELETE_WINDOW", self.ask_to_close)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], Any]] = {
            "<F5>": self.runs.start,
            "<Shift-F5>": self.runs.stop,
            "<F6>": self.runs.resume,
            "<F1>": self.open_guide,
            "<Control-Key-e>": self.export,
        }
        for number, spec in enumerate(VIEWS, start=1):
            keys[f"<Control-Key-{number}>"] = partial(self.navigate, spec.key)
        for sequence, action in keys.items():
            self.bind(sequence, partial(self._pressed, action))
        self.bind("<Control-KeyPress>", self._pressed_by_key_code)

    # --- showing ---

    def open(self) -> None:
        """Show the window and start the pump; the other views are built in idle moments."""
        self._show_place()
        self.navigate("collect" if self.runs.has_token else "welcome")
        self.minsize(*style.MIN_SIZE)
        window_state.restore(self, self.kept)
        self.deiconify()
        self.pump.start()
        self._tick()
        self.runs.look()
        self._attend()
        self.after(300, self._load_ahead)

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
            self._views[key] = find(key).load()(self.area, self)
            self.toasts.lift()
        return self._views[key]

    def dialog(self, kind: type[Dialog]) -> Any:
        """The dialog of this kind, made on first use and kept."""
        if kind not in self._dialogs:
            self._dialogs[kind] = kind(self)
        return self._dialogs[kind]

    def opened_dialogs(self) -> list[Dialog]:
        return [dialog for dialog in self._dialogs.values() if dialog.opened]

    def toast(self, kind: str, sentence: str, answer: Answer | None = None) -> None:
        self.toasts.show(kind, sentence, answer)

    def ask(self, title: str, sentence: str, *answers: Answer, kind: str = "info") -> None:
        """Ask a question in a modal dialog; Esc and Cancel do nothing."""
        self.dialog(Question).ask(title, sentence, answers, kind=kind, cancel=_("Cancel"))

    def export(self, report: str | None = None, run_id: int | None = None) -> None:
        """Open the export dialog; a report or a run may be chosen beforehand."""
        self.dialog(ExportDialog).ask(report, run_id)

    def choose_clients(self) -> None:
        """Open the dialog that says what to collect."""
        if not self.run.active:
            self.dialog(WhatToCollect).ask(self.runs.selection, self._clients_chosen)

    def _clients_chosen(self, selection: Selection) -> None:
        self.runs.choose(selection=selection)
        self.run_changed()

    def show_about(self) -> None:
        self.dialog(AboutDialog).open()

    def open_guide(self) -> None:
        self.dialog(GuideDialog).open()

    def open_log(self) -> None:
        path = self.program.settings.log_file
        if not path.exists() or not opening.open_path(path):
            self.toast("warning", _("The log file {path} cannot be opened").format(path=path))

    def copy_details(self) -> None:
        """What a helper needs to know about the last failure, without secrets."""
        end = self.run.finished
        if end is not None:
            self.copy(f"{end.reason}: {end.detail}")

    def copy(self, text: str) -> None:
        self.clipboard_clear()
        self.clipboard_append(text)
        self.toast("done", _("Copied"))

    # --- changes ---

    def run_changed(self) -> None:
        """The state of the run, or what can be done, has changed."""
        for view in self._views.values():
            if view.built:
                view.run_changed()
        for dialog in self.opened_dialogs():
            dialog.run_changed()
        self.menu_bar.run_changed()

    def open_demo(self) -> None:
        """Go on with the built-in server and made-up data."""
        self._change_program(demo=True)

    def leave_demo(self) -> None:
        self._change_program(demo=False)

    def _change_program(self, *, demo: bool) -> None:
        if self.run.active:
            self.toast("warning", _("Stop the run first."))
            return
        self.background.run(
            lambda: self._open_program(demo), self._use_program, self.show_error, slot="program"
        )

    def _use_program(self, program: Program) -> None:
        old, self.program = self.program, program
        self.background.run(old.close, lambda _none: None)
        program.collector.watch(self.pump.put)
        self.run = RunModel()
        self._use_database()
        self.menu_bar.refill()
        self._show_place()
        self.runs.look()
        self.navigate("collect" if self.runs.has_token else "welcome")
        self._attend()

    def _attend(self) -> None:
        """Telegram and the daily run, where they are set; it takes the mode that is chosen."""
        try:
            self.program.attend(daily_mode=lambda: self.runs.mode)
        except UserError as error:
            self.show_error(error)

    def database_replaced(self) -> None:
        """Another file stands in the place of the database: everything is read anew."""
        self.run = RunModel()
        self._use_database()
        self.runs.look()

    def _use_database(self) -> None:
        self.runs.forget_session()
        for view in self._views.values():
            if view.built:
                view.session_changed()

    def save_settings(
        self,
        changes: Mapping[str, str],
        done: Callable[[], Any],
        failed: Callable[[Exception], Any],
    ) -> None:
        """Keep settings (text by name) in the background and use them from now on."""
        places, environ = self.program.settings.places, self.environ
        self.background.run(
            lambda: save(load(places, environ), changes, environ),
            lambda loaded: self._use_settings(loaded, done),
            failed,
            slot="settings",
        )

    def _use_settings(self, loaded: Loaded, done: Callable[[], Any]) -> None:
        moved = loaded.settings.database_path != self.program.settings.database_path
        before = self.program.settings
        try:
            self.program.use(loaded.settings)
        except UserError as error:  # Telegram is half set; all else is in use
            self.show_error(error)
        if loaded.settings.theme != before.theme:
            self.theme.set(loaded.settings.theme)
        if loaded.settings.language != before.language:
            set_language(loaded.settings.language)
            self.retranslate()
        if moved:
            self._use_database()
        self._show_place()
        self.runs.look()
        self.run_changed()
        done()

    def show_error(self, error: Exception) -> None:
        """An error in words, with its details to copy; the traceback is in the log."""
        if isinstance(error, UserError):
            title, sentence = error.message, error.hint
        else:
            log.error("Unexpected error", exc_info=error)
            title = _("Something went wrong in the program")
            sentence = _("The details are in the log.")
        copy = Answer(_("Copy details"), lambda: self.copy(f"{title}\n{sentence}\n{error!r}"))
        self.dialog(Question).ask(title, sentence, (copy,), kind="error", cancel=_("Close"))

    def retranslate(self) -> None:
        """After `core.i18n` took another language."""
        self.texts.refresh()
        for each in self._parts():
            each.retranslate()

    def _show_place(self) -> None:
        """The lower end of the side bar: which database this is."""
        settings = self.program.settings
        self.side_bar.mark.say(_("Demo: made-up data") if self.program.demo else "")
        self.side_bar.footer.say(settings.database_path.name)

    def _retheme(self) -> None:
        self.menu_bar.retheme()
        for each in self._parts():
            each.retheme()

    def _parts(self) -> list[View | Dialog]:
        return [*self._views.values(), *self._dialogs.values()]

    # --- events ---

    def _on_event(self, event: Event) -> None:
        self.run.apply(event)
        self.runs.on_event(event)
        for view in self._views.values():
            view.on_event(event)
        if isinstance(event, RunStarted):
            self.keep_awake.begin()
            self.run_changed()
        elif isinstance(event, RunFinished):
            self._run_finished(event)

    def _run_finished(self, event: RunFinished) -> None:
        self.keep_awake.end()
        self.run_changed()
        if self._quit_at_end:
            self.shut_down()
        elif self.program.settings.notifications and not self._in_front():
            announce(self.background, event)

    def _in_front(self) -> bool:
        return self.state() != "iconic" and self.focus_displayof() is not None

    def _tick(self) -> None:
        try:
            view = self._views.get(self.view_key)
            if view is not None:
                view.on_tick()
            if self._one.asked_forward():
                self.come_forward()
        finally:
            self._ticking = self.after(TICK_MS, self._tick)

    def come_forward(self) -> None:
        """Out of the task bar, before all other windows."""
        self.deiconify()
        self.lift()
        self.focus_force()

    def _load_ahead(self) -> None:
        """Load the other views' modules in the background, then build them."""
        self.background.run(
            lambda: [spec.load() for spec in VIEWS], lambda _loaded: self._build_ahead()
        )

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

    def _pressed(self, action: Callable[[], Any], _event: Any) -> str:
        action()
        return "break"

    def _pressed_by_key_code(self, event: Any) -> str | None:
        """Ctrl+E under another keyboard layout."""
        if editing.latin_letter(event) == "e":
            return self._pressed(self.export, event)
        return None

    # --- end ---

    def ask_to_close(self) -> None:
        """The window's cross: ask where a run would be ended."""
        if not self.run.active:
            self.shut_down()
            return
        self.dialog(Question).ask(
            _("A run is going on"),
            _("It can be stopped now and continued later, or it can go on minimised."),
            (
                Answer(_("Keep running minimised"), self.iconify, "primary"),
                Answer(_("Stop and quit"), self.stop_and_quit, "danger"),
            ),
            kind="warning",
            cancel=_("Cancel"),
        )

    def stop_and_quit(self) -> None:
        """Stop the run and close the window when it has ended."""
        self._quit_at_end = True
        if self.run.active:
            self.runs.stop()
        else:
            self.shut_down()

    def shut_down(self) -> None:
        """Close the window now; a run that still goes on is stopped first."""
        if self.closing:
            return
        self.closing = True
        window_state.remember(self, self.kept)
        self.withdraw()  # taking all widgets down takes a while; nobody has to watch
        self.theme.stop()
        self.pump.stop()
        if self._ticking is not None:
            self.after_cancel(self._ticking)
        for dialog in self._dialogs.values():
            dialog.end()
        self.program.close()
        self.background.close()
        self.keep_awake.close()
        self.destroy()
