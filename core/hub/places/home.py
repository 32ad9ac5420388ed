"""The main menu, and what the commands show."""

from core.hub.database import tasks
from core.hub.database.positions import HOME
from core.hub.database.tasks import Service, Task
from core.hub.gate import hints
from core.hub.menu.desk import Desk
from core.hub.menu.place import Place
from core.hub.menu.screen import Choice, Screen, column
from core.hub.services.trouble import title
from core.hub.tasks import words
from core.i18n import _

MOST_SHOWN = 10


def places() -> list[Place]:
    return [Home()]


def commands() -> list[Place]:
    """Behind the commands only: no button of the main menu leads here."""
    return [StatusPlace(), TasksPlace(), HelpPlace()]


class Home(Place):
    """The main menu. Its first line says which service answers."""

    def __init__(self) -> None:
        super().__init__(HOME, lambda: _("Main menu"), HOME)

    def show(self, desk: Desk) -> Screen:
        going_on = len(tasks.alive(desk.db, desk.user.id))
        lines = [services_line(desk), ""]
        if going_on:
            lines.append(
                _("Your tasks that go on: {count}. /tasks shows them.").format(count=going_on)
            )
        lines.append(_("What shall be done? Press a button."))
        return Screen("\n".join(lines), column(*self.children()))


class StatusPlace(Place):
    """What goes on now."""

    def __init__(self) -> None:
        super().__init__("status", lambda: _("Status"), HOME, listed=False)

    def show(self, desk: Desk) -> Screen:
        lines = [services_line(desk), ""]
        found = tasks.alive(desk.db, desk.user.id)
        lines += [words.headline(task) for task in found[:MOST_SHOWN]]
        if not found:
            lines.append(_("No task of yours goes on now."))
        return Screen("\n".join(lines), self.under())


class TasksPlace(Place):
    """The user's tasks that go on, of one service or of all, a few a page."""

    def __init__(
        self, name: str = "tasks", parent: str = HOME, service: Service | None = None
    ) -> None:
        super().__init__(name, lambda: _("My tasks"), parent, listed=service is not None)
        self._service = service

    def show(self, desk: Desk) -> Screen:
        found = tasks.alive(desk.db, desk.user.id, self._service)
        skip = int(desk.answers.get("skip", 0))
        if skip >= len(found):
            skip = 0
        page = found[skip : skip + MOST_SHOWN]
        rows = [*task_rows(page), *turning(skip, MOST_SHOWN, more=len(found) > skip + MOST_SHOWN)]
        return Screen(task_list_text(page), self.under(*rows))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "page" and argument.isdecimal():
            desk.go(self.name, {"skip": int(argument)})
        elif action != "open" or not open_task(desk, argument, self.name):
            super().press(desk, action, argument)


class HelpPlace(Place):
    """What the bot does, and its commands."""

    def __init__(self) -> None:
        super().__init__("help", lambda: _("Help"), HOME, listed=False)

    def show(self, _desk: Desk) -> Screen:
        lines = [
            _(
                "This bot starts, watches and stops the collectors. The menu leads everywhere; ◀"
                " goes back; what takes longer tells by itself when it is done."
            ),
            "",
            *(f"/{name} – {text}" for name, text in hints()),
        ]
        return Screen("\n".join(lines), self.under())


def services_line(desk: Desk) -> str:
    """`✅ Pick-up points · ❌ Property · ✅ Numbers`."""
    signs = {True: "✅", False: "❌", None: "…"}
    answering = desk.parts.services.answering
    return " · ".join(f"{signs[answering(service)]} {title(service)}" for service in Service)


def task_list_text(found: list[Task]) -> str:
    if not found:
        return _("No task goes on now. The history shows those that are over.")
    text = _("Tasks that go on. Press one to see more or to stop it.")
    return f"{text}\n\n" + "\n".join(words.headline(task) for task in found)


def turning(skip: int, page: int, *, more: bool) -> list[tuple[Choice, ...]]:
    """The row that leads to newer and older entries of a list, where there are any."""
    choices = []
    if skip:
        choices.append(Choice(_("◀ Newer"), "page", str(max(0, skip - page))))
    if more:
        choices.append(Choice(_("Older ▶"), "page", str(skip + page)))
    return [tuple(choices)] if choices else []


def task_rows(found: list[Task]) -> tuple[tuple[Choice, ...], ...]:
    """A button a task."""
    return column(
        *(
            Choice(
                f"{words.SIGNS[task.status]} {words.kind(task.type)} № {task.id}",
                "open",
                f"{task.id}",
            )
            for task in found
        )
    )


def open_task(desk: Desk, argument: str, above: str) -> bool:
    """Go to the task that a button names; False where it is no task of this user."""
    task = tasks.of_user(desk.db, desk.user.id, int(argument)) if argument.isdecimal() else None
    if task is None:
        return False
    desk.go(f"{task.service}.task", {"task": task.id, "above": above})
    return True
