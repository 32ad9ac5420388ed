"""Tasks in sentences: their state, their numbers, their message in the chat."""

from core.formats import duration, moment, number
from core.hub.database.tasks import Status, Task, TaskType
from core.hub.menu.screen import Choice, Screen
from core.i18n import _, pgettext

SIGNS = {
    Status.PENDING: "⏳",
    Status.RUNNING: "▶️",
    Status.STOPPED: "⏹",
    Status.COMPLETED: "✅",
    Status.FAILED: "❌",
    Status.AUTH_ERROR: "🔑",
    Status.UNKNOWN: "❔",
    Status.LOST: "❔",
}


def kind(task_type: TaskType) -> str:
    return {
        TaskType.MONITORING: _("Watching pick-up points"),
        TaskType.AVITO: _("Avito"),
        TaskType.CIAN: _("Cian"),
        TaskType.PHONES: _("Collecting numbers"),
    }[task_type]


def status(task: Task) -> str:
    """The state in words."""
    if task.stopping and task.status.alive:
        return _("is being stopped")
    return {
        Status.PENDING: _("is being started"),
        Status.RUNNING: _("is running"),
        Status.STOPPED: pgettext("task", "stopped"),
        Status.COMPLETED: pgettext("task", "completed"),
        Status.FAILED: pgettext("task", "failed"),
        Status.AUTH_ERROR: _("failed: Telegram does not accept the account"),
        Status.UNKNOWN: _("not known whether it began"),
        Status.LOST: _("lost: the service does not know it any more"),
    }[task.status]


def headline(task: Task) -> str:
    """One line: `▶️ Avito № 12: is running`."""
    return f"{SIGNS[task.status]} {kind(task.type)} № {task.id}: {status(task)}"


def numbers(task: Task) -> list[str]:
    """What the service counted, a line each."""
    told = task.progress
    lines: list[str] = []
    page, pages = told.get("page"), told.get("pages")
    if isinstance(page, int) and isinstance(pages, int) and pages:
        lines.append(_("Page {page} of {pages}").format(page=number(page), pages=number(pages)))
    names = {
        TaskType.MONITORING: {
            "scanned": _("Messages read"),
            "found": _("Offers found"),
            "told": _("Notifications sent"),
        },
        TaskType.PHONES: {
            "found": _("Valid numbers"),
            "new": _("New numbers"),
            "requests": _("Requests"),
            "errors": _("Errors"),
        },
    }.get(task.type, {"found": pgettext("listings", "Found"), "left": _("Fit the filters")})
    lines += [
        f"{label}: {number(told[key])}"
        for key, label in names.items()
        if isinstance(told.get(key), int)
    ]
    return lines


def summary(task: Task) -> str:
    """The numbers on one line, for the history."""
    return " · ".join(numbers(task))


def card_text(task: Task) -> str:
    """The text of the message that renews itself."""
    lines = [headline(task), _("Started {when}").format(when=moment(task.created))]
    if task.finished is not None:
        seconds = (task.finished - task.created).total_seconds()
        lines.append(
            _("Ended {when}, after {time}").format(
                when=moment(task.finished), time=duration(seconds)
            )
        )
    lines += numbers(task)
    if task.status is Status.UNKNOWN:
        lines.append(
            _(
                "The service did not answer whether it has begun. It is not started again by"
                " itself: look whether results arrive before you start it anew."
            )
        )
    elif task.summary and task.finished is not None:
        lines.append(task.summary)
    return "\n".join(lines)


def card_choices(task: Task) -> tuple[Choice, ...]:
    """What can be done with a task now."""
    choices: list[Choice] = []
    if task.status.alive and task.task_id:
        if not task.stopping:
            choices.append(Choice(pgettext("button", "Stop"), "card", f"{task.id}.stop"))
        choices.append(Choice(_("Renew"), "card", f"{task.id}.renew"))
    elif can_go_on(task):
        choices.append(Choice(pgettext("button", "Go on"), "card", f"{task.id}.resume"))
    return tuple(choices)


def can_go_on(task: Task) -> bool:
    """Whether the service may take the task up again."""
    over = (Status.STOPPED, Status.FAILED)
    resumable = task.type is not TaskType.MONITORING
    return resumable and bool(task.task_id) and task.status in over


def card(task: Task) -> Screen:
    choices = card_choices(task)
    return Screen(card_text(task), (choices,) if choices else ())


def ending(task: Task) -> str:
    """The message that tells the end: it makes a sound, which a changed message does not."""
    lines = [headline(task)]
    if line := summary(task):
        lines.append(line)
    if task.summary:
        lines.append(task.summary)
    return "\n".join(lines)
