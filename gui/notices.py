"""The banner over the Collect view: which message matters most now, in words and buttons.

Words and choices only; the view shows what `choose` returns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.asking.troubles import Reason
from core.database.failures import StorageProblem
from core.formats import clock_to_the_second, duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.events import Activity, RunStatus
from core.phones.run_failure import RunFailure
from core.phones.unfinished import UnfinishedRun
from gui.run_model import RunModel

WORTH_OFFERING = 10.0  # seconds of silence, below which nobody would press a button


@dataclass(frozen=True, slots=True)
class Offer:
    """A button of the banner: `action` is a key of the view's actions."""

    text: str
    action: str
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """What the banner shows; `kind` as in gui.widgets.banner."""

    kind: str
    title: str
    sentence: str
    offers: tuple[Offer, ...] = ()


def choose(
    run: RunModel,
    unfinished: UnfinishedRun | None,
    *,
    has_token: bool,
    held_by: str | None,
    trouble: NoticeCard | None,
    warning: NoticeCard | None = None,
    clock: Callable[[], datetime],
) -> NoticeCard | None:
    """The most important message, None where all is well.

    `unfinished` is the run found at the start that the operator has not answered yet;
    `held_by` says who else collects into the database; `trouble` is what else went wrong,
    `warning` what may go wrong.
    """
    if run.active:
        return _during(run, clock)
    if held_by is not None:
        return second_copy(held_by)
    if trouble is not None:
        return trouble
    if not has_token:
        return _no_token()
    if run.finished is not None and (card := _after(run)) is not None:
        return card
    if run.finished is None and unfinished is not None:
        return _continue_question(unfinished)
    return warning


def _during(run: RunModel, clock: Callable[[], datetime]) -> NoticeCard | None:
    folder = (Offer(_("Open the data folder"), "open_folder"),)
    if run.paused_for_disk:
        return NoticeCard(
            "warning",
            _("Almost no room on the disk"),
            _("The run is paused and goes on by itself as soon as there is room again."),
            folder,
        )
    if run.locked_until is not None:
        sentence = _(
            "Close it, and the run goes on by itself. At {clock} the run ends, to be continued."
        )
        return NoticeCard(
            "warning",
            _("Another program keeps the database locked"),
            sentence.format(clock=clock_to_the_second(run.locked_until)),
        )
    if run.outage is not None:
        until = run.waits_until()
        wait = ""
        if until is not None:
            seconds = max(0.0, (until - clock()).total_seconds())
            wait = _("Next try in {wait}.").format(wait=wording.seconds(seconds))
        reason = wording.reason(run.outage, run.outage_detail)
        return NoticeCard(
            "warning",
            _("Outage: {reason}").format(reason=reason),
            _("Nothing is lost: the run waits and goes on by itself. {wait}")
            .format(wait=wait)
            .strip(),
            (Offer(_("Try now"), "try_now"),),
        )
    if (silence := _silence(run, clock)) is not None:
        return silence
    if run.disk_low:
        return NoticeCard(
            "warning",
            _("Little room on the disk"),
            _("The run goes on. It pauses by itself before the disk is full."),
            folder,
        )
    return None


def _silence(run: RunModel, clock: Callable[[], datetime]) -> NoticeCard | None:
    """The server asked for a long silence: what it risks not to keep it."""
    activity = run.activity
    if activity is None or activity.activity is not Activity.RETRYING or activity.until is None:
        return None
    left = (activity.until - clock()).total_seconds()
    if left < WORTH_OFFERING:
        return None
    return NoticeCard(
        "info",
        _("The server asked to wait until {clock}").format(
            clock=clock_to_the_second(activity.until)
        ),
        _(
            "Who asks earlier may be made to wait longer, or be locked out for a while. Nothing is"
            " lost by waiting."
        ),
        (Offer(_("Try now"), "try_now"),),
    )


def _after(run: RunModel) -> NoticeCard | None:
    end = run.finished
    if end is None or end.status is not RunStatus.FAILED or end.reason is None:
        return None
    title = wording.reason(end.reason, end.detail)
    title = title[:1].upper() + title[1:]
    kept = _("Everything read so far is stored.") if end.run_id else ""
    sentence = " ".join(part for part in (wording.advice(end.reason, end.detail), kept) if part)
    offers = {
        Reason.TOKEN_REJECTED: (Offer(_("Open Settings"), "open_settings", "primary"),),
        Reason.REDIRECTED: (Offer(_("Open Settings"), "open_settings", "primary"),),
        RunFailure.DISK_FULL: (Offer(_("Open the data folder"), "open_folder"),),
        RunFailure.INTERNAL: (
            Offer(_("Copy details"), "copy_details"),
            Offer(_("Open the log"), "open_log"),
        ),
        RunFailure.DATABASE_HELD: (Offer(_("Look at the data"), "look"),),
    }.get(end.reason, ())
    if end.reason is RunFailure.DATABASE and end.detail == StorageProblem.DAMAGED:
        offers = (repair(),)
    return NoticeCard("error", title, sentence, offers)


def _no_token() -> NoticeCard:
    return NoticeCard(
        "info",
        _("No token yet"),
        _("Without it there is nothing to collect. The demo needs none."),
        (
            Offer(_("Enter the token"), "enter_token", "primary"),
            Offer(_("Try the demo"), "try_demo"),
        ),
    )


def _continue_question(found: UnfinishedRun) -> NoticeCard:
    run = found.run
    # As the card below it says: the projects of clients that were not asked yet are estimated.
    projects_total = number(found.projects_total or found.projects_done)
    far = _(
        "{clients} of {clients_total} clients and {projects} of {projects_total} projects"
    ).format(
        clients=number(found.clients_done),
        clients_total=number(found.clients_total),
        projects=number(found.projects_done),
        projects_total=projects_total if found.exact else f"~{projects_total}",
    )
    sentence = _("It read {far} in {time}: {records}, {new}. Nothing is read twice.").format(
        far=far,
        time=duration(run.seconds),
        records=wording.records(run.received),
        new=wording.new(run.new_phones),
    )
    return NoticeCard(
        "info",
        _("Run {id} of {date} is not finished").format(id=run.id, date=moment(run.started_at)),
        sentence,
        (
            Offer(_("Continue"), "continue", "primary"),
            Offer(_("New run"), "start"),
            Offer(_("Later"), "later"),
            Offer(_("Discard…"), "discard"),
        ),
    )


def warning(sentences: Sequence[str]) -> NoticeCard | None:
    """What may go wrong with the database at its place; None where nothing is to be said."""
    if not sentences:
        return None
    return NoticeCard(
        "warning",
        _("The database may run into trouble"),
        "\n".join(sentences),
        (Offer(_("Open Settings"), "open_settings"), Offer(_("Hide"), "dismiss")),
    )


def repair() -> Offer:
    return Offer(_("Repair…"), "recover", "primary")


def second_copy(holder: str) -> NoticeCard:
    return NoticeCard(
        "warning",
        _("Another copy of the program is collecting"),
        _("{holder} collects into this database. You can look at the data meanwhile.").format(
            holder=holder
        ),
        (Offer(_("Look at the data"), "look", "primary"), Offer(_("Check again"), "check_again")),
    )
