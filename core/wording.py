"""What the engine tells, as sentences: for the window, the terminal and Telegram.

Short, concrete, without codes: 'the server answered 429, retry 1 of 3 in 2 s'. The texts
follow the language of `core.i18n` at the moment of the call. Any thread may call.
"""

from core.events import (
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
from core.formats import duration, number
from core.i18n import _, ngettext
from core.phones.outcome import Rejection
from core.storage.failures import StorageProblem
from core.upstream import Reason


def mode(value: Mode | str) -> str:
    return {
        Mode.FULL: _("full"),
        Mode.QUICK: _("quick"),
        Mode.SMART: _("smart"),
    }[Mode(value)]


def status(value: RunStatus | str) -> str:
    """The outcome of a run in one word."""
    return {
        RunStatus.RUNNING: _("running"),
        RunStatus.COMPLETED: _("completed"),
        RunStatus.FAILED: _("failed"),
        RunStatus.STOPPED: _("stopped"),
    }[RunStatus(value)]


def reason(value: Reason | str, detail: str = "") -> str:  # noqa: C901 - one case a reason
    """What went wrong, without a full stop: 'the server answered 502'."""
    match Reason(value):
        case Reason.NO_CONNECTION:
            return _("no connection to the server")
        case Reason.TIMED_OUT:
            return _("the server did not answer in time")
        case Reason.DROPPED:
            return _("the connection was dropped")
        case Reason.SERVER_ERROR:
            status_code = detail.strip() or "5xx"
            return _("the server answered {status}").format(status=status_code)
        case Reason.TOO_MANY_REQUESTS:
            return _("the server answered {status}").format(status=429)
        case Reason.NOT_JSON:
            return _("the answer was not data but a page")
        case Reason.CUT_SHORT:
            return _("the answer was cut short")
        case Reason.UNKNOWN_SHAPE:
            return _with(_("the answer has an unknown form"), detail)
        case Reason.TOO_LARGE:
            return _("the answer was too large")
        case Reason.REDIRECTED:
            return _with(_("the server sent us to another address"), detail)
        case Reason.CERTIFICATE:
            return _("the server's certificate is not trusted")
        case Reason.REFUSED:
            return _with(_("the server refused"), detail)
        case Reason.TOKEN_REJECTED:
            return _("the server does not accept the token")
        case Reason.OUTAGE:
            return _("the server could not be reached for too long")
        case Reason.DISK_FULL:
            return _("there is no room on the disk")
        case Reason.DATABASE:
            return _database(detail)
        case Reason.DATABASE_HELD:
            return _with(_("another program collects into this database"), detail)
        case Reason.UNKNOWN_CLIENTS:
            return _with(_("these clients are not known to the server"), detail)
        case Reason.NOTHING_TO_CONTINUE:
            return _("there is nothing to continue")
        case Reason.INTERNAL:
            return _with(_("an error in the program"), detail)


def advice(value: Reason | str, detail: str = "") -> str:
    """What to do about it; empty where waiting or Continue is all there is to do."""
    match Reason(value):
        case Reason.TOKEN_REJECTED:
            return _("Enter a valid token in the settings, then continue the run.")
        case Reason.DISK_FULL:
            return _("Free some space on the disk, then continue the run.")
        case Reason.CERTIFICATE:
            return _("Ask your administrator to install the certificate of the company's proxy.")
        case Reason.REDIRECTED:
            return _("Check the API address in the settings.")
        case Reason.DATABASE:
            return _database_advice(detail)
        case Reason.DATABASE_HELD:
            return _("Wait until the other run has ended, or stop it there.")
        case Reason.UNKNOWN_CLIENTS:
            return _("Choose the clients anew.")
        case Reason.NOTHING_TO_CONTINUE:
            return _("Start a new run.")
        case Reason.OUTAGE | Reason.NO_CONNECTION:
            return _("Check the network, then continue the run.")
        case Reason.INTERNAL:
            return _("The details are in the log. The run can be continued.")
        case _:
            return ""


def _database(problem: str) -> str:
    """What is wrong with the file; `problem` is a StorageProblem, or words of the system."""
    match problem:
        case StorageProblem.NOT_A_DATABASE:
            return _("the file is not a database, it was left as it is")
        case StorageProblem.FOREIGN:
            return _("the file belongs to another program, it was left as it is")
        case StorageProblem.TOO_NEW:
            return _("the database was made by a newer version of this program")
        case StorageProblem.DAMAGED:
            return _("the database is damaged")
        case StorageProblem.BUSY:
            return _("another program keeps the database locked")
        case StorageProblem.READ_ONLY:
            return _("the database cannot be written: the file or its folder is read-only")
        case StorageProblem.UNREACHABLE:
            return _("the database cannot be opened")
        case _:
            return _with(_("the database could not be written"), problem)


def _database_advice(problem: str) -> str:
    match problem:
        case StorageProblem.NOT_A_DATABASE | StorageProblem.FOREIGN:
            return _("Choose another file in DATABASE_PATH, or move this one away.")
        case StorageProblem.TOO_NEW:
            return _("Install the newest version of the program, or choose another file.")
        case StorageProblem.DAMAGED:
            return _("Restore the newest good backup.")
        case StorageProblem.READ_ONLY | StorageProblem.UNREACHABLE:
            return _("Allow writing to its folder, or choose another one in DATABASE_PATH.")
        case _:
            return _("Close other programs that hold the database, then continue the run.")


def rejection(value: Rejection | str) -> str:
    """Why a number was rejected, without a full stop: 'too short'."""
    match Rejection(value):
        case Rejection.EMPTY:
            return _("empty")
        case Rejection.NOT_A_NUMBER:
            return _("not a phone number")
        case Rejection.TOO_SHORT:
            return _("too short")
        case Rejection.TOO_LONG:
            return _("too long")
        case Rejection.INVALID_LENGTH:
            return _("no number of its country has this length")
        case Rejection.LOCAL_ONLY:
            return _("the area code is missing")
        case Rejection.INVALID_COUNTRY_CODE:
            return _("unknown country code")
        case Rejection.INVALID_NUMBER:
            return _("unknown number range")


def advice_for_test(value: Reason | str) -> str:
    """What to do where only the connection was tested and no run is to be continued."""
    match Reason(value):
        case Reason.TOKEN_REJECTED:
            return _("Copy it anew from your DataMaster account.")
        case Reason.NO_CONNECTION | Reason.TIMED_OUT | Reason.DROPPED:
            return _("Check the network and the API address, then test again.")
        case Reason.CERTIFICATE | Reason.REDIRECTED:
            return advice(value)
        case _:
            return ""


def target(kind: Target, item: int, name: str = "") -> str:
    """What a request was about: 'project 2012744 “site-14”'."""
    match kind:
        case Target.CLIENTS:
            return _("list of clients")
        case Target.CLIENT:
            return _("client {name}").format(name=name or item)
        case Target.PROJECT:
            if name:
                return _("project {id} “{name}”").format(id=item, name=name)
            return _("project {id}").format(id=item)


def seconds(value: float) -> str:
    """A short wait: '2 s', '1 min 05 s'."""
    return duration(max(1.0, value))


def activity(  # noqa: C901 - one case an activity
    event: ActivityChanged, current_client: str = ""
) -> str:
    """What the run does or waits for, without the countdown."""
    match event.activity:
        case Activity.BACKING_UP:
            return _("Making the daily backup")
        case Activity.LISTING_CLIENTS:
            return _("Reading the list of clients")
        case Activity.LISTING_PROJECTS:
            if current_client:
                return _("Reading the projects of client {name}").format(name=current_client)
            return _("Reading the lists of projects")
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
        case Activity.CHECKING_ENDS:
            return _("Checking that short pages were the last ones")
        case Activity.RETRYING_DEFERRED:
            return _("Trying once more what failed")
        case Activity.STOPPING:
            return _("Stopping: the requests in flight are finished and stored")


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
        case Notice():
            return "warning", notice(event)
        case RunFinished():
            return _FINISH_LEVEL[event.status], finished(event)


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
    why = {
        "rising": _("the server bears more"),
        "too_many_requests": _("the server asked for fewer requests"),
        "server_error": _("the server had errors"),
        "latency": _("the server answers more slowly"),
        "limit": _("the set limit is reached"),
    }.get(event.reason, event.reason)
    return _("Pace: {rate} requests a second, {why}").format(rate=rate, why=why)


def notice(event: Notice) -> str:
    text = {
        "disk_low": _("There is almost no room on the disk"),
        "disk_ok": _("There is room on the disk again"),
        "backup_failed": _("The daily backup could not be made"),
        "network_folder": _(
            "The database lies in a network folder: collecting is slower and less safe there"
        ),
        "cloud_folder": _(
            "The database lies in a folder that is synchronised: another program may hold it"
        ),
        "budget_spent": _("The budget of this run is spent"),
    }.get(event.code, event.code)
    return _with(text, event.detail)


def projects(count: int) -> str:
    return ngettext("{n} project", "{n} projects", count).format(n=number(count))


def clients(count: int) -> str:
    return ngettext("{n} client", "{n} clients", count).format(n=number(count))


def records(count: int) -> str:
    return ngettext("{n} record", "{n} records", count).format(n=number(count))


def rows(count: int) -> str:
    return ngettext("{n} row", "{n} rows", count).format(n=number(count))


def files(count: int) -> str:
    return ngettext("{n} file", "{n} files", count).format(n=number(count))


def numbers(count: int) -> str:
    """So many phone numbers."""
    return ngettext("{n} number", "{n} numbers", count).format(n=number(count))


def new(count: int) -> str:
    """So many new ones (numbers)."""
    return ngettext("{n} new", "{n} new", count).format(n=number(count))


def rejected(count: int) -> str:
    return ngettext("{n} rejected", "{n} rejected", count).format(n=number(count))


def requests(count: int) -> str:
    return ngettext("{n} request", "{n} requests", count).format(n=number(count))


def unfinished(count: int) -> str:
    return ngettext("{n} item stayed unfinished", "{n} items stayed unfinished", count).format(
        n=number(count)
    )


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


def _with(text: str, detail: str) -> str:
    return f"{text}: {detail}" if detail else text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
