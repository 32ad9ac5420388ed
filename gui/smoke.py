"""The window's own check: `app.py --smoke-test`.

On the demo it collects, visits every view, exports, closes; a step that fails or takes too
long ends it with exit code 1. It is what the packed program is started with after a build.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from core.phones.events import RunStatus
from core.phones.reports.export import ExportRequest, ExportResult, export
from core.phones.reports.names import ReportName
from gui.views import VIEWS

if TYPE_CHECKING:
    from gui.main_window import MainWindow

log = logging.getLogger(__name__)

LIMIT_MS = 240_000
STEP_MS = 100


class SmokeTest:
    """Drives the window from inside its own loop. Tk thread only."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._exported: ExportResult | None = None
        self.exit_code = 1  # until everything has been seen to work

    def begin(self) -> None:
        """To be called before the loop begins."""
        self._window.report_callback_exception = self._callback_failed
        self._window.after(LIMIT_MS, self._too_long)
        self._steps = self._story()
        self._window.after(STEP_MS, self._step)

    def _story(self) -> Iterator[Callable[[], bool]]:
        """Each step is waited for until it says True."""
        window = self._window
        self._window.runs.start()
        yield lambda: window.run.active or window.run.finished is not None
        yield lambda: window.run.finished is not None
        end = window.run.finished
        if end is None or end.status is not RunStatus.COMPLETED or not end.totals.new:
            raise RuntimeError(f"the demo run ended as {end}")
        if not window.winfo_viewable():
            raise RuntimeError("the window is not on the screen")
        for spec in VIEWS:
            window.navigate(spec.key)
            window.update_idletasks()
            yield self._shown_view_is_settled
        settings = window.program.settings
        request = ExportRequest(ReportName.AGGREGATED, settings.export_dir)
        window.background.run(
            lambda: export(settings.database_path, request), self._export_done, self._failed
        )
        yield lambda: self._exported is not None
        if self._exported is None or not self._exported.rows:
            raise RuntimeError("nothing was exported")
        self.exit_code = 0

    def _shown_view_is_settled(self) -> bool:
        return self._window.view(self._window.view_key).settled

    def _step(self) -> None:
        try:
            if self._waiting():
                self._window.after(STEP_MS, self._step)
            else:
                self._window.shut_down()
        except Exception as error:
            self._failed(error)

    _condition: Callable[[], bool] = staticmethod(lambda: True)

    def _waiting(self) -> bool:
        """Whether the story goes on."""
        if self._condition():
            try:
                self._condition = next(self._steps)
            except StopIteration:
                return False
        return True

    def _export_done(self, result: ExportResult) -> None:
        self._exported = result

    def _callback_failed(self, *error: Any) -> None:
        log.error("smoke test: %s", "".join(traceback.format_exception(*error)))
        self._give_up()

    def _failed(self, error: Exception) -> None:
        log.error("smoke test failed", exc_info=error)
        self._give_up()

    def _too_long(self) -> None:
        log.error("smoke test: not done after %d s", LIMIT_MS // 1000)
        self._give_up()

    def _give_up(self) -> None:
        self.exit_code = 1
        self._window.shut_down()
