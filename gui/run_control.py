"""What the operator can do with runs: start, stop, continue, and what is offered when.

The one place between the window and the collector. Everything is called on the Tk thread.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from core.database.failures import StorageFailure
from core.database.lock import is_held
from core.errors import UserError
from core.i18n import _
from core.phones import wording
from core.phones.estimate import estimate, in_words
from core.phones.events import Event, Mode, RunFinished, RunStarted
from core.phones.program import engine_settings
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest, Selection
from core.phones.storage.discard import discard
from core.phones.storage.exclusive import exclusive
from core.phones.storage.explain import explain
from core.phones.storage.reader import Reader
from core.phones.unfinished import UnfinishedRun
from gui import notices, opening, states
from gui.findings import Findings, look, place_of
from gui.notices import NoticeCard
from gui.run_model import RunModel
from gui.safekeeping import DAMAGE
from gui.shell import Shell
from gui.side_bar import SideBar
from gui.widgets.banner import Answer
from gui.widgets.dialog import Question

log = logging.getLogger(__name__)

HELD_SECONDS = 2.0  # between two looks whether somebody else still collects
PLACE_SECONDS = 10.0


class _Window(Shell, Protocol):
    @property
    def side_bar(self) -> SideBar: ...


class RunControl:
    """The buttons' meaning. Start, Stop and Continue return at once."""

    def __init__(self, window: _Window) -> None:
        self._window = window
        self.mode = Mode(window.kept.mode)
        self.selection = Selection()
        self.clients_known = 0
        self.held_by: str | None = None
        self.unfinished: UnfinishedRun | None = None
        self.estimate = ""
        self.choosing = False  # what the next run shall collect was changed since the last one
        self._trouble: NoticeCard | None = None
        self._warning: NoticeCard | None = None
        self._dismissed = ""
        self._looked_at = 0.0
        self.actions: dict[str, Callable[[], Any]] = {
            "start": self.start,
            "continue": self.resume,
            "later": self.answer_later,
            "discard": self.ask_to_discard,
            "try_now": self.try_now,
            "enter_token": lambda: window.navigate("welcome"),
            "try_demo": lambda: window.session.enter_demo(),
            "open_settings": lambda: window.navigate("settings"),
            "open_folder": self.open_data_folder,
            "open_log": window.open_log,
            "copy_details": window.copy_details,
            "look": lambda: window.navigate("data"),
            "check_again": self.look,
            "dismiss": self.dismiss_warning,
            "recover": lambda: window.safekeeping.recover(),
        }

    # --- what is so ---

    @property
    def has_token(self) -> bool:
        program = self._window.program
        return program.demo is not None or bool(program.settings.api_token)

    @property
    def automatic_pace(self) -> bool:
        return self._window.program.settings.rate_limit_delay is None

    @property
    def phase(self) -> states.Phase:
        run = self._window.run
        return states.phase(
            run.state,
            can_continue=run.can_continue,
            can_retry=run.continues is not None and run.can_retry,
            has_token=self.has_token,
            read_only=self.held_by is not None,
        )

    def notice(self, clock: Callable[[], datetime]) -> NoticeCard | None:
        """The banner that is due now."""
        return notices.choose(
            self._window.run,
            self.unfinished,
            has_token=self.has_token,
            held_by=self.held_by,
            trouble=self._trouble,
            warning=self._warning,
            clock=clock,
        )

    # --- what can be done ---

    def start(self, selection: Selection | None = None) -> None:
        """A new run with the chosen mode and clients (or only those of `selection`).

        Nothing where Start is not enabled.
        """
        if not states.BUTTONS[self.phase]["start"].enabled:
            return
        self._window.kept.mode = self.mode.value
        request = RunRequest(mode=self.mode, selection=selection or self.selection)
        last = self._window.run.finished  # once told, whoever presses again means it
        anew = last is not None and last.reason is RunFailure.DATABASE_LOST
        if self._window.program.collector.start(request, anew=anew):
            self._began()

    def resume(self, run_id: int | None = None) -> None:
        """Continue the run that Collect speaks of, or the one of this number; of a completed one
        what failed. Nothing where that cannot be done now."""
        needed = "continue" if run_id is None else "start"
        if not states.BUTTONS[self.phase][needed].enabled:
            return
        if self._window.program.collector.resume(run_id or self._window.run.continues):
            self._began()

    def ask_to_discard(self, run_id: int | None = None) -> None:
        """After a question: nobody offers this run, or the one that Collect speaks of, to be
        continued any more. What it stored stays."""
        window = self._window
        run_id = run_id or window.run.continues
        if run_id is None or window.run.active:
            return
        chosen = run_id
        window.dialog(Question).ask(
            _("Discard run {id}?").format(id=run_id),
            _("It is not offered to be continued any more. What it has stored stays."),
            (Answer(_("Discard the run"), lambda: self._discard(chosen), "danger"),),
            kind="warning",
            cancel=_("Cancel"),
        )

    def _discard(self, run_id: int) -> None:
        path = self._window.program.settings.database_path

        def work() -> None:
            with exclusive(path):
                discard(path, run_id)

        self._window.background.run(work, lambda _none: self._discarded(), self._window.show_error)

    def _discarded(self) -> None:
        self._window.run = RunModel()
        self.unfinished = None
        self.look()

    def stop(self) -> None:
        """Ask the run to stop; the second time abandon the requests in flight."""
        if not states.BUTTONS[self.phase]["stop"].enabled:
            return
        self._window.program.collector.stop()
        self._window.run.stop_asked()
        self._window.run_changed()

    def try_now(self) -> None:
        """Ask the server at once, instead of waiting on."""
        self._window.program.collector.try_now()

    def answer_later(self) -> None:
        """The question about the unfinished run is put aside; Continue stays enabled."""
        self.unfinished = None
        self._window.run_changed()

    def dismiss_warning(self) -> None:
        """It was read; the same one is not shown again before the next start."""
        if self._warning is not None:
            self._dismissed, self._warning = self._warning.sentence, None
        self._window.run_changed()

    def open_data_folder(self) -> None:
        folder = self._window.program.settings.database_path.parent
        folder.mkdir(parents=True, exist_ok=True)
        if not opening.open_path(folder):
            window = self._window
            window.toast("warning", _("{path} cannot be opened.").format(path=folder))

    def look(self) -> None:
        """See in the background what the database holds and who else uses it."""
        self._looked_at = time.monotonic()
        settings = self._window.program.settings
        path, every = settings.database_path, settings.quick_full_every
        self._window.background.run(
            lambda: look(path, every), self._found, self._not_found, slot="findings"
        )

    def on_tick(self) -> None:
        """Four times a second: while somebody else collects it is looked for the end of that, and
        while a run goes on for the size of the database."""
        now = time.monotonic()
        if self.held_by is not None and now - self._looked_at > HELD_SECONDS:
            self._looked_at = now
            path = self._window.program.settings.database_path
            self._window.background.run(
                lambda: is_held(path), lambda held: None if held else self.look(), slot="held"
            )
        elif self._window.run.active and now - self._looked_at > PLACE_SECONDS:
            self.look_at_place()

    def look_at_place(self) -> None:
        """How large the database is and when it was backed up, for the side bar."""
        self._looked_at = time.monotonic()
        path = self._window.program.settings.database_path
        self._window.background.run(
            lambda: place_of(path),
            lambda place: self._window.side_bar.show_place(self._window.program, *place),
            slot="place",
        )

    def choose(self, *, mode: Mode | None = None, selection: Selection | None = None) -> None:
        """What the next run shall collect; what it will cost is found out in the background."""
        self.mode = mode or self.mode
        self.selection = selection or self.selection
        self.choosing = True
        self._weigh()

    def forget_session(self) -> None:
        """Another database: nothing of the old one counts."""
        self.selection = Selection()
        self.clients_known = 0
        self.held_by = None
        self.unfinished = None
        self._trouble = None
        self._warning = None
        self.estimate = ""
        self.choosing = False

    def on_event(self, event: Event) -> None:
        if isinstance(event, RunStarted | RunFinished):
            self.unfinished = None
            self.choosing = False
        if isinstance(event, RunFinished):
            self.look()

    # --- inside ---

    def _began(self) -> None:
        self.unfinished = None
        self._trouble = None
        self._window.run.start_asked()
        self._window.run_changed()

    def _weigh(self) -> None:
        settings = self._window.program.settings
        request = RunRequest(mode=self.mode, selection=self.selection)

        def cost() -> str:
            with Reader(settings.database_path) as reader:
                now = datetime.now(UTC)
                return in_words(estimate(reader, request, engine_settings(settings), now))

        self._window.background.run(
            cost, self._weighed, lambda _error: self._weighed(""), slot="cost"
        )

    def _weighed(self, text: str) -> None:
        self.estimate = text
        self._window.run_changed()

    def _found(self, found: Findings) -> None:
        run = self._window.run
        self.clients_known = found.clients
        somebody_ended = self.held_by is not None and found.held_by is None
        self.held_by = found.held_by
        if somebody_ended:
            if run.finished is not None and not run.finished.run_id:
                run.finished = None  # it could not begin because of the other one
            self._window.safekeeping.data_changed()
        self._window.side_bar.show_place(self._window.program, found.file_bytes, found.backed_up)
        card = notices.warning(found.warnings)
        self._warning = None if card and card.sentence == self._dismissed else card
        if not run.active:
            self._show_found(run, found)
        self._trouble = None
        self._weigh()
        self._window.run_changed()

    def _show_found(self, run: RunModel, found: Findings) -> None:
        """Of what this session saw no run of, the newest is shown, or how far it got."""
        if run.finished is not None and run.finished.run_id:
            return  # Collect speaks of the run that ended here, and Continue means that one
        run.continues = found.continues.id if found.continues else None
        run.can_retry = found.continues is not None and found.unfinished is None
        if run.finished is not None:
            return
        self.unfinished = found.unfinished
        if found.held_by is not None:
            run.show_last(None, 0)
        elif found.unfinished is not None:
            run.show_unfinished(found.unfinished)
        else:
            run.show_last(found.last, found.failed_projects)

    def _not_found(self, error: Exception) -> None:
        self._window.side_bar.show_place(self._window.program, 0, None)
        told: Exception = explain(error) if isinstance(error, StorageFailure) else error
        if not isinstance(told, UserError):
            log.error("The database could not be looked at", exc_info=error)
            told = UserError(_("The database could not be read."), _("The details are in the log."))
        self._trouble = NoticeCard("error", told.message, told.hint)
        if isinstance(error, StorageFailure) and error.problem in DAMAGE:
            # Not the hint: it names a subcommand, and here a button does it.
            sentence = wording.advice(RunFailure.DATABASE, error.problem)
            self._trouble = NoticeCard("error", told.message, sentence, (notices.repair(),))
        self._window.run_changed()
        if isinstance(error, StorageFailure):
            self._window.safekeeping.found(error)
