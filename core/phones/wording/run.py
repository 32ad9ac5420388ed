"""What happens in a run, as sentences."""

from core.database.diskspace import PAUSE_BYTES
from core.formats import clock, duration, number, size
from core.i18n import _, ngettext
from core.phones.events import (
    Activity,
    ActivityChanged,
    ClientFinished,
    ClientListed,
    Event,
    ItemDeferred,
    ItemFailed,
    LeftOut,
    Mode,
    Notice,
    OutageEnded,
    OutageStarted,
    PaceChanged,
    PageSizeLearned,
    Progress,
    ProjectFinished,
    RequestRetried,
    RunFinished,
    RunStarted,
    RunStatus,
    Target,
    Totals,
)
from core.phones.wording.counts import (
    clients,
    new,
    numbers,
    projects,
    records,
    rejected,
    seconds,
    unfinished,
)
from core.phones.wording.reasons import reason, storage_problem, with_detail


def mode(value: Mode | str) -> str:
    return {
        Mode.FULL: _("full"),
        Mode.QUICK: _("quick"),
        Mode.SMART: _("smart"),
    }[Mode(value)]


def outcome(value: RunStatus | str, *, live: bool, discarded: bool = False) -> str:
    """`status`; but a run that is 'running' where no process collects (not `live`) has died, and
    a discarded one is no longer waiting to be continued."""
    if discarded:
        return _("discarded")
    if value == RunStatus.RUNNING and not live:
        return _("interrupted")
    return status(value)


def status(value: RunStatus | str) -> str:
    """The status of a run in one word."""
    return {
        RunStatus.RUNNING: _("running"),
        RunStatus.COMPLETED: _("completed"),
        RunStatus.FAILED: _("failed"),
        RunStatus.STOPPED: _("stopped"),
    }[RunStatus(value)]


def target(kind: Target, item: int, name: str = "") -> str:
    """What a request was about: 'project 2012744 “site-14”'."""
    match kind:
        case Target.CLIENTS:
            return _("list of clients")
        case Target.CLIENT:
            if not name and not item:
                return _("a client without a readable number")
            return _("client {name}").format(name=name or item)
        case Target.PROJECT:
            if not item:
                return _("a project of client {name} without a readable number").format(name=name)
            if name:
                return _("project {id} “{name}”").format(id=item, name=name)
            return _("project {id}").format(id=item)


def activity(event: ActivityChanged, current_client: str = "") -> str:
    """What the run does or waits for, without the countdown."""
    match event.activity:
        case Activity.BACKING_UP:
            return _("Making the daily backup")
        case Activity.LISTING_CLIENTS:
            return _("Reading the list of clients")
        case Activity.READING:
            if current_client:
                return _("Reading client {name}").format(name=current_client)
            return _("Reading phone numbers")
        case Activity.RETRYING:
            return _waiting(_("Waiting before another try"), event)
        case Activity.OUTAGE:
            return _waiting(_("The server cannot be reached"), event)
        case Activity.DISK_LOW:
            return _("Paused: there is almost no room on the disk")
        case Activity.LOCKED:
            return _("Paused: another program keeps the database locked")
        case Activity.CHECKING_ENDS:
            return _("Checking that short pages were the last ones")
        case Activity.RETRYING_DEFERRED:
            return _("Trying once more what failed")
        case Activity.STOPPING:
            return _("Stopping: the requests in flight are finished and stored")


def activity_with_time(event: ActivityChanged, current_client: str = "") -> str:
    """`activity`, and until when where the server named a time: after it the run reads on. The
    end of an outage nobody knows."""
    text = activity(event, current_client)
    if event.activity is Activity.RETRYING and event.until is not None:
        text += " " + _("(until {time})").format(time=clock(event.until))
    return text


def log_line(event: Event) -> tuple[str, str] | None:  # noqa: C901 - one case an event
    """The event for the log: level (info, done, warning, error) and sentence.

    None for snapshots, which are shown elsewhere.
    """
    match event:
        case Progress() | ActivityChanged():
            return None
        case RunStarted():
            if event.resumed:
                text = _("Run {id} goes on, mode {mode}")
            else:
                text = _("Run {id} started, mode {mode}")
            return "info", text.format(id=event.run_id, mode=mode(event.mode))
        case ClientListed():
            return "info", _("Client {name}: {projects}").format(
                name=event.username, projects=projects(event.projects)
            )
        case ClientFinished():
            return _client_finished(event)
        case ProjectFinished():
            return _project_finished(event)
        case RequestRetried():
            return "warning", _("{target}: {reason}, retry {n} of {m} in {wait}").format(
                target=_upper(target(event.target, event.id)),
                reason=reason(event.reason, event.detail),
                n=event.attempt,
                m=event.attempts,
                wait=seconds(event.wait),
            )
        case ItemDeferred():
            return "warning", _("{target}: {reason}, put off to the end of the run").format(
                target=_upper(target(event.target, event.id, event.name)),
                reason=reason(event.reason, event.detail),
            )
        case ItemFailed():
            return "error", _("{target}: {reason}, stays unfinished").format(
                target=_upper(target(event.target, event.id, event.name)),
                reason=reason(event.reason, event.detail),
            )
        case OutageStarted():
            return "error", _("Outage: {reason}. The run waits and goes on by itself").format(
                reason=reason(event.reason, event.detail)
            )
        case OutageEnded():
            return "done", _("The server answers again after {time}").format(
                time=seconds(event.seconds)
            )
        case PageSizeLearned():
            return "info", _page_size(event)
        case PaceChanged():
            return "info", pace_changed(event)
        case Notice(code="disk_ok"):
            return "done", notice(event)
        case Notice():
            return "warning", notice(event)
        case RunFinished():
            unfinished = event.status is RunStatus.COMPLETED and event.totals.errors
            level = "warning" if unfinished else _FINISH_LEVEL[event.status]
            return level, finished(event)


_FINISH_LEVEL = {
    RunStatus.RUNNING: "info",
    RunStatus.COMPLETED: "done",
    RunStatus.STOPPED: "warning",
    RunStatus.FAILED: "error",
}


def finished(event: RunFinished) -> str:
    """How a run ended, in a sentence or two."""
    summary = " ".join([results(event.totals), *left_out(event.left_out)])
    match event.status:
        case RunStatus.COMPLETED if event.totals.errors:
            text = _("Run {id} is completed in {time}, but {failed}. {summary}")
        case RunStatus.COMPLETED:
            text = _("Run {id} is completed in {time}. {summary}")
        case RunStatus.STOPPED:
            text = _("Run {id} is stopped after {time} and can be continued. {summary}")
        case _ if not event.run_id:
            text = _("The run did not begin: {reason}.")
        case _:
            text = _("Run {id} failed after {time}: {reason}. {summary}")
    why = reason(event.reason, event.detail) if event.reason else _("unknown reason")
    return text.format(
        id=event.run_id,
        time=duration(event.seconds),
        failed=unfinished(event.totals.errors),
        reason=why,
        summary=summary,
    )


def results(totals: Totals) -> str:
    return _("{records}, {new}.").format(records=records(totals.received), new=new(totals.new))


def left_out(what: LeftOut) -> list[str]:
    """What a run did not look at and why, a sentence each; nothing where it read everything."""
    sentences = []
    if what.projects or what.clients:
        counts = [projects(what.projects)] if what.projects else []
        counts += [clients(what.clients)] if what.clients else []
        sentences.append(_("Left out by the budget: {what}.").format(what=", ".join(counts)))
    if what.not_due:
        sentences.append(_("Not due yet: {what}.").format(what=projects(what.not_due)))
    return sentences


def pace_changed(event: PaceChanged) -> str:
    rate = number(1 / event.delay, 1) if event.delay > 0 else "∞"
    why = pace_reason(event.reason)
    return _("Pace: {rate} requests a second, {why}").format(rate=rate, why=why)


def pace_reason(value: str) -> str:
    """Why the automatic pace is what it is (`PaceChanged.reason`), without a full stop."""
    return {
        "rising": _("the server bears more"),
        "too_many_requests": _("the server asked for fewer requests"),
        "server_error": _("the server had errors"),
        "latency": _("the server answers more slowly"),
        "limit": _("the set limit is reached"),
    }.get(value, value)


def notice(event: Notice) -> str:
    text = {
        "disk_low": _("There is almost no room on the disk; below {size} the run pauses").format(
            size=size(PAUSE_BYTES)
        ),
        "disk_none": _("The disk is nearly full: the run pauses until there is room again"),
        "disk_ok": _("There is room on the disk again"),
        "backup_failed": _("The daily backup could not be made"),
        "budget_spent": _("The budget of this run is spent"),
        "pages_uneven": _(
            "The server shortens pages here and there, so each project is asked "
            "until a page is empty"
        ),
        "projects_gone": _(
            "The server lists no projects of a client that had some before; each such client is "
            "named among the errors of the run"
        ),
        "last_page_repeated": _(
            "The server gives the last page of a project again instead of an empty one; "
            "it counts once"
        ),
    }.get(event.code, event.code)
    detail = storage_problem(event.detail) if event.code == "backup_failed" else event.detail
    return with_detail(text, detail)


def _client_finished(event: ClientFinished) -> tuple[str, str]:
    text = _("Client {name}: done, {numbers}, {new}").format(
        name=event.username, numbers=numbers(event.received), new=new(event.new)
    )
    if not event.failed_projects:
        return "done", text
    failed = ngettext("{n} project failed", "{n} projects failed", event.failed_projects).format(
        n=number(event.failed_projects)
    )
    return "warning", f"{text}, {failed}"


def _project_finished(event: ProjectFinished) -> tuple[str, str]:
    text = _("{project}: {numbers}, {new}").format(
        project=_upper(target(Target.PROJECT, event.project_id, event.name)),
        numbers=numbers(event.received),
        new=new(event.new),
    )
    if event.rejected:
        text = f"{text}, {rejected(event.rejected)}"
    return "info", text


def _page_size(event: PageSizeLearned) -> str:
    text = _("The server sends {records} a page").format(records=records(event.size))
    if event.reopened:
        again = ngettext(
            "{n} project is read further", "{n} projects are read further", event.reopened
        ).format(n=number(event.reopened))
        text = f"{text}; {again}"
    return text


def _waiting(text: str, event: ActivityChanged) -> str:
    return f"{text}: {reason(event.reason, event.detail)}" if event.reason else text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
