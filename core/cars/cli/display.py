"""Shows a job on the terminal: one line that changes, and lines for what went wrong."""

import threading
import time
from datetime import datetime

from core.asking.troubles import TemporaryTrouble
from core.cars.listener import Progress, Stage
from core.cli.output import say, say_error
from core.cli.progress_line import ProgressLine
from core.formats import clock_to_the_second, number, percent, remaining
from core.i18n import _

MOST_BAD_ROWS = 20  # told one by one; all are told in number
ESTIMATING = 30  # steps until the remaining time is worth telling


class Display:
    """The `Listener` of the commands; any thread may call."""

    def __init__(self) -> None:
        self._line = ProgressLine()
        self._lock = threading.Lock()
        self._stage: Stage | None = None
        self._began = 0.0
        self._first = 0
        self._bad = 0

    def end(self) -> None:
        """Take the line away; safe to call twice."""
        self._line.end()

    # Progress

    def progress(self, progress: Progress) -> None:
        if progress.stage is not self._stage:
            self._stage, self._began, self._first = progress.stage, time.monotonic(), progress.done
        if self._line.is_due:
            self._show(self._text(progress))

    def _text(self, progress: Progress) -> str:
        about = "~" if progress.is_guess else ""
        match progress.stage:
            case Stage.PAGES:
                text = _("page {page} of {about}{pages}, {count} new listings").format(
                    page=number(progress.done),
                    about=about,
                    pages=number(progress.total or 0),
                    count=number(progress.listings),
                )
            case Stage.FEED:
                text = _("{count} changes applied").format(count=number(progress.done))
            case Stage.RECONCILING:
                text = _("difference {number} of {total}").format(
                    number=number(progress.done), total=number(progress.total or 0)
                )
            case Stage.NORMALIZING:
                text = _("{done} of {total} rows normalised").format(
                    done=number(progress.done), total=number(progress.total or 0)
                )
        return text + self._left(progress, about)

    def _left(self, progress: Progress, about: str) -> str:
        """The remaining time, by the mean of this session over what is left."""
        steps = progress.done - self._first
        if not progress.total or steps < ESTIMATING:
            return ""
        seconds = (time.monotonic() - self._began) / steps * (progress.total - progress.done)
        share = percent(progress.done / progress.total)
        return f" · {about}{share} · " + _("{time} left").format(time=about + remaining(seconds))

    # Waiting

    def retried(
        self, about: str, trouble: TemporaryTrouble, attempt: int, attempts: int, wait: float
    ) -> None:
        if wait >= 1:
            self._show(
                _("{about} failed, try {attempt} of {attempts}").format(
                    about=about, attempt=attempt, attempts=attempts
                )
            )

    def silent_until(self, until: datetime, trouble: TemporaryTrouble) -> None:
        self._tell(
            _("The vendor asks for silence until {time}.").format(time=clock_to_the_second(until))
        )

    def silence_over(self) -> None:
        pass

    def outage_began(self, trouble: TemporaryTrouble) -> None:
        self._tell(_("The vendor does not answer ({reason}); waiting.").format(reason=trouble))

    def outage_waits(self, until: datetime, trouble: TemporaryTrouble) -> None:
        self._show(_("next try at {time}").format(time=clock_to_the_second(until)))

    def outage_over(self, seconds: float) -> None:
        self._tell(_("The vendor answers again."))

    def tries_again(self, about: str, until: datetime, attempt: int, attempts: int) -> None:
        self._tell(
            _("{about} still fails; try {attempt} of {attempts} at {time}.").format(
                about=about, attempt=attempt, attempts=attempts, time=clock_to_the_second(until)
            )
        )

    def database_away(self, until: datetime | None) -> None:
        if until is None:
            self._tell(_("The database is there again."))
        else:
            self._tell(
                _("The database is away; next try at {time}.").format(
                    time=clock_to_the_second(until)
                )
            )

    def noted(self, page: int, tries: int) -> None:
        self._tell(
            _("Page {page} failed {tries} times; it is asked again at the end.").format(
                page=page, tries=tries
            )
        )

    def bad_row(self, inner_id: str, why: str) -> None:
        self._bad += 1
        if self._bad <= MOST_BAD_ROWS:
            self._tell(
                _("Listing {id} could not be normalised: {reason}").format(id=inner_id, reason=why)
            )

    def says(self, text: str) -> None:
        self._tell(text)

    def _show(self, text: str) -> None:
        with self._lock:
            self._line.show(text)

    def _tell(self, text: str) -> None:
        with self._lock:
            self._line.end()
            say_error(text)


def table(rows: list[tuple[str, str]]) -> None:
    """Names and values, one a line."""
    for name, value in rows:
        say(f"  {name:<28}{value:>14}")
