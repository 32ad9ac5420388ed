"""The main window: side bar, views, menu bar, keys; events of the engine go through here."""

import logging
import os
import tkinter as tk
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import customtkinter as ctk

from core.errors import UserError
from core.i18n import _
from core.phones.events import Event, RunFinished, RunStarted
from core.phones.program import Program
from core.phones.run_request import Selection
from core.turns import computing
from gui import editing, opening, room, style, theming, window_state
from gui.afar import ProgressFromAfar
from gui.alarm import Alarm
from gui.background import Background
from gui.closing import Closing
from gui.drops import take_files
from gui.icons import ASSETS
from gui.keep_awake import KeepAwake
from gui.keys import bind_keys
from gui.menu_bar import MenuBar
from gui.notify import announce
from gui.one_call import together
from gui.pump import Pump
from gui.responsiveness import hear_own_sizes_only
from gui.run_control import RunControl
from gui.run_model import RunModel
from gui.safekeeping import Safekeeping
from gui.second_copy import OneWindow
from gui.session import OpenProgram, Session
from gui.side_bar import SideBar
from gui.taskbar import TaskbarProgress
from gui.texts import Texts
from gui.view_stack import ViewStack
from gui.views.base import View
from gui.widgets.banner import Answer, Toast
from gui.widgets.dialog import Dialog, Question
from gui.widgets.scroll import bind_wheel

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from gui.dialogs.export_choice import InView
    from gui.views.check import CheckView
    from gui.views.data import DataView

    # CustomTkinter is untyped: a class with an unknown base would pass for anything, also for a
    # `Shell` that it is not.
    _Root = tk.Tk
else:
    _Root = ctk.CTk

TICK_MS = 250
AHEAD_MS = 300  # after the start the other views are built


class MainWindow(_Root):
    """The window, which is the `Shell` of its parts. All but `pump.put` is for the Tk thread."""

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
        self.session = Session(self, program, open_program, environ)
        theming.load(self.program.settings.theme)
        super().__init__(fg_color=style.WINDOW, className="DataMasterCollector")  # type: ignore[call-arg]
        hear_own_sizes_only(self)
        # On Windows CustomTkinter would hide the window when its loop begins, and for good where it
        # was withdrawn before; unless it believes that the window was on the screen already.
        self._window_exists = True
        self.withdraw()
        self.kept = kept
        self.texts = Texts()
        self.run = RunModel()
        self.pump = Pump(self, self._on_event)
        self.background = Background(self.pump.put)
        self.keep_awake = KeepAwake()
        self._one = one
        program.collector.watch(self.pump.put)
        style.choose_fonts(self)
        self._scale()
        self.theme = theming.Theme(
            self, self.program.settings.theme, self.background, self._retheme
        )
        editing.install(self)
        bind_wheel(self)
        self.runs = RunControl(self)
        self._dialogs: dict[type[Dialog], Dialog] = {}
        self.safekeeping = Safekeeping(self)
        self._ticking = Alarm(self, self._tick)
        self._ending = Closing(self)
        self.closing = False
        self._build()

    @property
    def program(self) -> Program:
        """Settings and collector that the window works with now."""
        return self.session.program

    def _scale(self) -> None:
        factor = style.screen_scaling(self)
        if factor != 1.0:
            ctk.set_widget_scaling(factor)
            ctk.set_window_scaling(factor)
            # CustomTkinter would hold the old size for a second.
            self._set_scaled_min_max()  # type: ignore[attr-defined]

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
        self.views = ViewStack(self.area, self)
        self.toasts = Toast(self.area)
        self.afar = ProgressFromAfar(self, TaskbarProgress(self))
        self.menu_bar = MenuBar(self, self.texts, self)
        bind_keys(self, self)
        self.bind("<FocusIn>", self._keep_keyboard_in_dialog, add="+")
        self.protocol("WM_DELETE_WINDOW", self.ask_to_close)

    # --- showing ---

    def open(self) -> None:
        """Show the window and start the pump; the other views are built in idle moments."""
        if os.name == "nt":  # there, a menu bar filled later takes its height from the window;
            self.update_idletasks()  # while there is no view yet, whose layout takes its time
        self.navigate("collect" if self.runs.has_token else "welcome")
        self.minsize(*room.least_size(self))
        window_state.restore(self, self.kept)
        self.deiconify()
        self.pump.start()
        self._tick()
        self.runs.look()
        self.session.attend()
        self.after(AHEAD_MS, self.views.build_ahead)

    def navigate(self, key: str) -> None:
        """Show a view."""
        if self.views.show(key):
            self.side_bar.choose(key)

    def view(self, key: str) -> View:
        """The view, made on first use (its widgets may still be being built)."""
        return self.views.view(key)

    @property
    def view_key(self) -> str:
        """The view that is shown."""
        return self.views.shown_key

    def dialog(self, kind: type[Dialog]) -> Any:
        """The dialog of this kind, made on first use and kept."""
        if kind not in self._dialogs:
            self._dialogs[kind] = kind(self)
        return self._dialogs[kind]

    def opened_dialogs(self) -> list[Dialog]:
        return [dialog for dialog in self._dialogs.values() if dialog.opened]

    def _keep_keyboard_in_dialog(self, _event: Any) -> None:
        """A click behind a dialog takes the keyboard from it, which then answers to nothing."""
        for dialog in self.opened_dialogs():
            if dialog.modal:
                dialog.take_keyboard()

    def toast(self, kind: str, sentence: str) -> None:
        self.toasts.show(kind, sentence)

    def export(
        self, report: str | None = None, run_id: int | None = None, view: "InView | None" = None
    ) -> None:
        """Open the export dialog; a report or a run may be chosen beforehand, or what the Data
        view shows."""
        from gui.dialogs.export import ExportDialog

        self.dialog(ExportDialog).ask(report, run_id, view)

    def show_new_of(self, run_id: int) -> None:
        """The numbers that a run found first, in the Data view."""
        self.navigate("data")
        cast("DataView", self.view("data")).show_new_of(run_id)

    @cached_property
    def takes_files(self) -> bool:
        """Whether files can be dropped onto the window. Whoever asks first loads what takes them:
        a view that is built when the window is there."""
        return take_files(self, self._dropped)

    def _dropped(self, files: Sequence[Path]) -> bool:
        """A list to check, unless something else has to be answered first."""
        if not files or any(dialog.modal for dialog in self.opened_dialogs()):
            return False
        self.after_idle(self._check_list, files)
        return True

    def _check_list(self, files: Sequence[Path]) -> None:
        self.navigate("check")
        cast("CheckView", self.view("check")).bring_file(files[0])
        if len(files) > 1:
            self.toast(
                "info", _("One list at a time: {name} is checked.").format(name=files[0].name)
            )

    def choose_clients(self) -> None:
        """Open the dialog that says what to collect."""
        from gui.dialogs.what_to_collect import WhatToCollect

        if not self.run.active:
            self.dialog(WhatToCollect).ask(self.runs.selection, self._clients_chosen)

    def _clients_chosen(self, selection: Selection) -> None:
        self.runs.choose(selection=selection)
        self.run_changed()

    def show_about(self) -> None:
        from gui.dialogs.about import AboutDialog

        self.dialog(AboutDialog).open()

    def open_guide(self) -> None:
        from gui.dialogs.guide import GuideDialog

        self.dialog(GuideDialog).open()

    def open_log(self) -> None:
        path = self.program.settings.log_file
        if not path.exists():
            self.toast("info", _("There is no log yet"))
        elif not opening.open_path(path):
            self.toast("warning", _("{path} cannot be opened.").format(path=path))

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
        with computing.window_first(), together(self):
            for view in self.views.built():
                view.run_changed()
            for dialog in self.opened_dialogs():
                dialog.run_changed()
            self.menu_bar.run_changed()

    def reread(self) -> None:
        """F5: what is shown, anew."""
        self.view(self.view_key).reread()

    def find(self) -> None:
        """Ctrl+F: the cursor into the search of the view."""
        self.view(self.view_key).find()

    def save(self) -> None:
        """Ctrl+S: keep what is typed in the view that is shown."""
        self.view(self.view_key).save_changes()

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

    def _retheme(self) -> None:
        self.menu_bar.retheme()
        for each in self._parts():
            each.retheme()

    def _parts(self) -> list[View | Dialog]:
        views = list(self.views.all())
        for view in views:
            view.finish_building()
        return [*views, *self._dialogs.values()]

    # --- events ---

    def _on_event(self, event: Event) -> None:
        self.run.apply(event)
        self.runs.on_event(event)
        for view in self.views.all():
            view.on_event(event)
        if isinstance(event, RunStarted):
            self.keep_awake.begin()
            self.run_changed()
        elif isinstance(event, RunFinished):
            self._run_finished(event)

    def _run_finished(self, event: RunFinished) -> None:
        self.keep_awake.end()
        self.run_changed()
        if self._ending.run_finished():
            return
        if self.program.settings.notifications and not self._in_front():
            announce(self.background, event)

    def _in_front(self) -> bool:
        return self.state() != "iconic" and self.focus_displayof() is not None

    def _tick(self) -> None:
        try:
            with computing.window_first(), together(self):
                self.views.tick()
                self.runs.on_tick()
                self.afar.show()
            if self._one.asked_forward():
                self.come_forward()
        finally:
            self._ticking.set(TICK_MS)

    def come_forward(self) -> None:
        """Out of the task bar, before all other windows."""
        self.deiconify()
        self.lift()
        if os.name == "nt":  # there, another program's window in use stays above a lifted one
            self.attributes("-topmost", True)
            self.attributes("-topmost", False)
        self.focus_force()

    # --- end ---

    def ask_to_close(self) -> None:
        """The window's cross: ask where a run would be ended."""
        self._ending.ask()

    def shut_down(self) -> None:
        """Close the window now; a run that still goes on is stopped first."""
        if self.closing:
            return
        self.closing = True
        window_state.remember(self, self.kept)
        self.withdraw()  # taking all widgets down takes a while; nobody has to watch
        self.theme.stop()
        self.pump.stop()
        self._ticking.cancel()
        for view in self.views.all():
            view.end()
        for dialog in self._dialogs.values():
            dialog.end()
        self.program.close()
        self.background.close()
        self.keep_awake.close()
        self.destroy()
