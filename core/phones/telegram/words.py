"""The messages of the bot, as plain text in the program's language.

Plain, without Telegram's markup: names of clients and projects may hold any sign, and a text
that is split in parts must not lose half a tag.
"""

from collections.abc import Sequence
from datetime import datetime

from core.formats import clock, duration, moment, number, percent, remaining
from core.i18n import _, ngettext
from core.phones import wording
from core.phones.estimate import Estimate, in_words
from core.phones.events import (
    ActivityChanged,
    Mode,
    Notice,
    OutageEnded,
    OutageStarted,
    Progress,
    RunFinished,
    RunStarted,
    RunState,
    RunStatus,
    Target,
    Totals,
)
from core.phones.storage.queries.growth import TopRow
from core.phones.storage.queries.overview import Overview
from core.phones.storage.queries.runs import RunRow
from core.phones.telegram.digest import Milestone, RunBegan, ThingsFailed, Waiting
from core.phones.telegram.inbox import Failures

LONGEST_NAME = 80

_ENDINGS = {
    RunStatus.COMPLETED: "✅",
    RunStatus.STOPPED: "⏹",
    RunStatus.FAILED: "❌",
    RunStatus.RUNNING: "▶️",
}


def began(note: RunBegan) -> str:
    return f"▶️ {_sentence(note.event)}"


def milestone(note: Milestone) -> str:
    heading = _("Run {id}: {percent}").format(
        id=note.progress.run_id, percent=percent(note.percent / 100)
    )
    return "\n".join([f"⏳ {heading}", *_progress_lines(note.progress)])


def failed(note: ThingsFailed) -> str:
    return "\n".join([f"⚠️ {_sum_of(note.failures)}", *_failure_lines(note.failures)])


def waiting(note: Waiting) -> str:
    match note.event:
        case OutageStarted():
            sign = "🔌"
        case OutageEnded() | Notice(code="disk_ok"):
            sign = "✅"
        case _:
            sign = "⚠️"
    return f"{sign} {_sentence(note.event)}"


def ended(event: RunFinished, failures: Failures, before: RunRow | None) -> str:
    """The end: how, the five numbers against those of the run before, and what failed."""
    if not event.run_id:  # it failed before it had a number
        why = wording.reason(event.reason, event.detail) if event.reason else ""
        return "❌ " + _("No run could begin: {reason}.").format(reason=why)
    how = {
        RunStatus.COMPLETED: _("Run {id} is completed in {time}."),
        RunStatus.STOPPED: _("Run {id} is stopped after {time} and can be continued."),
    }.get(event.status, _("Run {id} failed after {time}."))
    lines = [
        f"{_sign(event.status, event.totals.errors)} "
        + how.format(id=event.run_id, time=duration(event.seconds))
    ]
    if event.reason is not None:
        lines.append(_capital(wording.reason(event.reason, event.detail)) + ".")
        lines.append(wording.advice(event.reason, event.detail))
    lines += ["", *_five(_numbers_of(event.totals), before), *wording.left_out(event.left_out)]
    if failures.total:
        lines += ["", _sum_of(failures), *_failure_lines(failures)]
    return "\n".join(lines).rstrip()


def state(
    now: RunState,
    activity: ActivityChanged | None,
    progress: Progress | None,
    last: RunRow | None,
    *,
    live: bool,
) -> str:
    """The answer to /status. `live`: somebody collects into the database, we or another process."""
    if now is RunState.IDLE:
        idle = "💤 " + _("No run is going on.")
        if live:
            idle = "⏳ " + _("Another copy of the program is collecting") + "."
        return "\n".join([idle, *_last_in_brief(last, live=live)])
    if now is RunState.STARTING:
        return "⏳ " + _("A run is starting.")
    if now is RunState.STOPPING:
        heading = _("The run is stopping.")
    elif activity is not None:
        client = progress.current_client if progress else ""
        heading = wording.activity_with_time(activity, client)
    else:
        heading = _("A run is going on.")
    lines = [f"⏳ {heading}"]
    if progress is not None:
        far = percent(progress.fraction, 1)
        lines.append(_("Run {id}: {percent}").format(id=progress.run_id, percent=far))
        lines += _progress_lines(progress)
        pace = _("Pace: {rate} requests a second").format(rate=number(progress.rate, 1))
        lines += [pace, _("Working for {time}").format(time=duration(progress.elapsed))]
    return "\n".join(lines)


def next_daily(when: datetime) -> str:
    """The line of /status that says when the program next begins by itself."""
    return "⏰ " + _("Next daily run: {time}").format(time=clock(when))


def run_question(mode: Mode, cost: Estimate | None) -> str:
    """The question before a run, with what it will cost as far as that is known."""
    question = _("Start a run, mode {mode}?").format(mode=wording.mode(mode))
    return f"{question}\n{_capital(in_words(cost))}." if cost is not None else question


def statistics(
    totals: Overview, run: RunRow | None, clients: Sequence[TopRow], projects: Sequence[TopRow]
) -> str:
    """The answer to /stats."""
    lines = [
        "📊 " + _("In the database"),
        _("Clients: {n}").format(n=number(totals.clients)),
        _("Projects: {n}").format(n=number(totals.projects)),
        _("Phone numbers: {n}").format(n=number(totals.phones)),
        _("Numbers in projects: {n}").format(n=number(totals.links)),
        _("Rejected numbers: {n}").format(n=number(totals.rejected)),
    ]
    if run is None:
        return "\n".join(lines)
    if clients:
        lines += ["", _("Clients with most new numbers in run {id}").format(id=run.id)]
        lines += [f"{_name(row.client)}: {number(row.new_phones)}" for row in clients]
    if projects:
        lines += ["", _("Projects with most new numbers in run {id}").format(id=run.id)]
        lines += [
            f"{_name(row.project)} ({_name(row.client)}): {number(row.new_phones)}"
            for row in projects
        ]
    return "\n".join(lines)


def last_run(run: RunRow | None, before: RunRow | None, *, live: bool) -> str:
    """The answer to /last. `live` as above."""
    if run is None:
        return _("There was no run yet.")
    heading = _("Run {id} of {date}: {status}").format(
        id=run.id,
        date=moment(run.started_at),
        status=wording.outcome(run.status, live=live, discarded=run.discarded),
    )
    died = run.status is RunStatus.RUNNING and not live
    lines = [
        f"{_sign(RunStatus.STOPPED if died else run.status, run.errors_count)} {heading}",
        _("Mode: {mode}").format(mode=wording.mode(run.mode)),
        _("Worked for {time}").format(time=duration(run.seconds)),
    ]
    if run.reason is not None:
        lines.append(_capital(wording.reason(run.reason, run.detail)) + ".")
    lines += ["", *_five(_numbers(run), before), *wording.left_out(run.left_out)]
    return "\n".join(lines)


def _sign(status: RunStatus, errors: int) -> str:
    """As in the window: a completed run with errors is no plain success."""
    return "⚠️" if status is RunStatus.COMPLETED and errors else _ENDINGS[status]


def _name(text: str) -> str:
    """On one line, and not longer than a line: nobody reads the rest there."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def _sentence(event: RunStarted | OutageStarted | OutageEnded | Notice) -> str:
    line = wording.log_line(event)
    return f"{line[1]}." if line else ""


def _progress_lines(progress: Progress) -> list[str]:
    totals = progress.totals
    lines = [
        _("Clients: {n}").format(n=_part(totals.clients, progress.clients_total)),
        _("Projects: {n}").format(
            n=_part(totals.projects, progress.projects_total, exact=progress.projects_exact)
        ),
        f"{_capital(wording.records(totals.received))}, {wording.new(totals.new)}",
    ]
    if totals.errors:
        lines.append(_("Errors: {n}").format(n=number(totals.errors)))
    if progress.remaining is None:
        lines.append(_("Remaining time is being estimated"))
    else:
        lines.append(_("Remaining: {time}").format(time=remaining(progress.remaining)))
    return lines


def _part(done: int, total: int | None, *, exact: bool = True) -> str:
    if total is None:
        return number(done)
    text = _("{done} of {total}") if exact else _("{done} of about {total}")
    return text.format(done=number(done), total=number(total))


Five = tuple[int, int, int, int, int]


def _numbers_of(totals: Totals) -> Five:
    return (totals.clients, totals.projects, totals.valid, totals.new, totals.errors)


def _numbers(run: RunRow) -> Five:
    return (
        run.total_clients,
        run.total_projects,
        run.total_phones,
        run.new_phones,
        run.errors_count,
    )


def _five(now: Five, before: RunRow | None) -> list[str]:
    """The five numbers of a run, each with its change against the run before."""
    names = (
        _("Clients: {n}"),
        _("Projects: {n}"),
        _("Numbers handled: {n}"),
        _("New numbers: {n}"),
        _("Errors: {n}"),
    )
    if before is None:
        return [name.format(n=number(value)) for name, value in zip(names, now, strict=True)]
    lines = [
        name.format(n=f"{number(value)} ({_change(value - old)})")
        for name, value, old in zip(names, now, _numbers(before), strict=True)
    ]
    compared = _("In brackets: the change since run {id} of {date}.")
    return [*lines, compared.format(id=before.id, date=moment(before.started_at))]


def _change(difference: int) -> str:
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return sign + number(abs(difference))


def _last_in_brief(run: RunRow | None, *, live: bool) -> list[str]:
    if run is None:
        return [_("There was no run yet.")]
    text = _("Run {id} of {date}: {status}").format(
        id=run.id,
        date=moment(run.started_at),
        status=wording.outcome(run.status, live=live, discarded=run.discarded),
    )
    return [f"{text}, {wording.numbers(run.total_phones)}, {wording.new(run.new_phones)}"]


def _sum_of(failures: Failures) -> str:
    return ngettext(
        "{n} client or project could not be read:",
        "{n} clients and projects could not be read:",
        failures.total,
    ).format(n=number(failures.total))


def _failure_lines(failures: Failures) -> list[str]:
    lines = []
    for (target, reason), count in failures.counts.most_common():
        what = wording.clients(count) if target is Target.CLIENT else wording.projects(count)
        lines.append(f"• {what}: {wording.reason(reason)}")
    names = [wording.target(e.target, e.id, _name(e.name)) for e in failures.examples]
    lines.append(_("For example: {names}").format(names=", ".join(names)))
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
