"""The status line: what happens, why it waits, until when. Words only, no widgets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.formats import clock_to_the_second, duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.events import Activity, RunState, RunStatus
from core.phones.storage.queries.runs import RunRow
from gui.run_model import RunModel


@dataclass(frozen=True, slots=True)
class Status:
    """Two lines for the window; `pill` is the short form beside the title."""

    headline: str
    explanation: str = ""
    pill: str = ""
    kind: str = "info"  # info, done, warning, error


Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


def describe(
    run: RunModel,
    *,
    has_token: bool,
    automatic_pace: bool,
    cost: str = "",
    choosing: bool = False,
    held: bool = False,
    clock: Clock = now,
) -> Status:
    """`cost` says what the next run will need, empty while that is not known; `choosing`: the
    operator has changed what it shall collect since the last one; `held`: another copy of the
    program collects into this database."""
    match run.state:
        case RunState.STARTING:
            return Status(_("Starting"), pill=_("Starting"))
        case RunState.STOPPING:
            return Status(
                _("Stopping: what was asked for is still being stored"),
                _("Press Stop once more to wait for nothing."),
                _("Stopping · run {id}").format(id=run.run_id or ""),
                "warning",
            )
        case RunState.RUNNING:
            return _running(run, automatic_pace, clock)
        case RunState.IDLE if held:
            return Status(
                _("Another copy of the program is collecting"),
                _("When it has ended, this window notices it by itself."),
                kind="warning",
            )
        case RunState.IDLE:
            return _idle(run, has_token, cost, choosing)


def _running(run: RunModel, automatic_pace: bool, clock: Clock) -> Status:
    pill = _("Collecting · run {id}").format(id=run.run_id)
    if run.activity is None:
        return Status(_("Starting"), pill=pill)
    client = run.progress.current_client if run.progress is not None else ""
    headline = wording.activity(run.activity, client)
    if run.locked_until is not None:
        waits = _("Waits until {clock}").format(clock=clock_to_the_second(run.locked_until))
        return Status(headline, waits, pill, "warning")
    if run.activity.until is not None:
        wait = (run.activity.until - clock()).total_seconds()
        return Status(headline, _countdown(wait, run.activity.until), pill, "warning")
    if run.activity.activity is Activity.DISK_LOW:
        return Status(headline, _("Free some space: the run goes on by itself."), pill, "warning")
    return Status(headline, _pace(run, automatic_pace), pill)


def _countdown(seconds: float, until: datetime) -> str:
    if seconds <= 0.5:
        return _("Trying now")
    return _("Next try in {wait}, at {clock}").format(
        wait=wording.seconds(seconds), clock=clock_to_the_second(until)
    )


def _pace(run: RunModel, automatic: bool) -> str:
    if run.progress is None or run.progress.rate <= 0:
        return ""
    rate = number(run.progress.rate, 1)
    if automatic and run.pace_reason:
        why = wording.pace_reason(run.pace_reason)
        return _("{rate} requests a second: {why}").format(rate=rate, why=why)
    if automatic:
        return _("{rate} requests a second: as fast as the server bears").format(rate=rate)
    return _("{rate} requests a second: as Settings allow").format(rate=rate)


def _idle(run: RunModel, has_token: bool, cost: str, choosing: bool) -> Status:
    choosing = choosing and has_token and bool(cost)
    if run.finished is not None and not choosing:
        return _finished(run)
    if not has_token:
        return Status(_("No token yet"), _("Enter it in Settings, or try the demo."))
    if run.can_continue and not choosing:
        return Status(_("A run can be continued"), _("Continue goes on where it ended."))
    if run.last is not None and not choosing:
        return _last(run.last, run, cost)
    ready = _("Ready to collect")
    return Status(ready, cost[:1].upper() + cost[1:] if cost else _("Press Start or Ctrl+Enter."))


def _last(last: RunRow, run: RunModel, cost: str) -> Status:
    """Before the first run of this session: the newest one there is."""
    headline = _("Last run: {date}, {new}").format(
        date=moment(last.started_at), new=wording.new(last.new_phones)
    )
    pill = _("Run {id}: {outcome}").format(
        id=last.id, outcome=wording.outcome(last.status, live=False, discarded=last.discarded)
    )
    if run.can_retry:
        failed = wording.unfinished(last.errors_count)
        return Status(headline, _("{failed}: Continue tries again").format(
            failed=failed[:1].upper() + failed[1:]), pill, "warning")  # fmt: skip
    return Status(headline, cost[:1].upper() + cost[1:], pill)


def _finished(run: RunModel) -> Status:
    end = run.finished
    if end is None:
        return Status("")
    summary = " ".join([wording.results(end.totals), *wording.left_out(end.left_out)])
    time = duration(end.seconds)
    match end.status:
        case RunStatus.COMPLETED if end.totals.errors:
            return Status(
                _("Completed in {time}, but {failed}").format(
                    time=time, failed=wording.unfinished(end.totals.errors)
                ),
                _("Continue tries again what failed."),
                _("Run {id} completed").format(id=end.run_id),
                "warning",
            )
        case RunStatus.COMPLETED:
            text = _("Completed in {time}").format(time=time)
            return Status(text, summary, _("Run {id} completed").format(id=end.run_id), "done")
        case RunStatus.STOPPED:
            return Status(
                _("Stopped after {time}").format(time=time),
                _("Continue goes on where it ended."),
                _("Run {id} stopped").format(id=end.run_id),
                "warning",
            )
        case _:
            # Why, and what to do, stands in the banner.
            if not end.run_id:
                return Status(_("The run did not begin"), pill=_("Not started"), kind="error")
            pill = _("Run {id} failed").format(id=end.run_id)
            return Status(_("Ended after {time}").format(time=time), summary, pill, "error")
