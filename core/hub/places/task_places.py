"""The places that every service with tasks has: my tasks, one task, the history."""

from core.formats import moment
from core.hub import cards
from core.hub.database import tasks
from core.hub.database.tasks import Service, Task
from core.hub.menu.desk import Desk
from core.hub.menu.place import Place
from core.hub.menu.screen import Choice, Screen
from core.hub.places.home import TasksPlace, open_task, task_rows, turning
from core.hub.tasks import words
from core.i18n import _, pgettext

A_PAGE = 5


class TaskList(TasksPlace):
    """The user's tasks of one service that go on."""

    def __init__(self, service: Service) -> None:
        super().__init__(f"{service}.tasks", service.value, service)


class TaskPlace(Place):
    """One task: its state, and what can be done with it. `more` are buttons of the service."""

    def __init__(self, service: Service) -> None:
        super().__init__(f"{service}.task", lambda: _("Task"), f"{service}.tasks", listed=False)

    def show(self, desk: Desk) -> Screen:
        task = self._task(desk)
        if task is None:
            return Screen(_("This task is no longer there."), self.under())
        choices: list[Choice] = []
        if task.status.alive and task.task_id:
            if not task.stopping:
                choices.append(Choice(pgettext("button", "Stop"), "stop"))
            choices.append(Choice(_("Renew"), "renew"))
        elif words.can_go_on(task):
            choices.append(Choice(pgettext("button", "Go on"), "resume"))
        rows = [tuple(choices)] if choices else []
        if more := self.more(task):
            rows.append(more)
        return Screen(words.card_text(task), self.under(*rows))

    def more(self, _task: Task) -> tuple[Choice, ...]:
        return ()

    def press(self, desk: Desk, action: str, argument: str) -> None:
        task = self._task(desk)
        if task is None or action not in ("stop", "resume", "renew"):
            super().press(desk, action, argument)
            return
        match action:
            case "stop":
                cards.stop(desk, task.id)
            case "resume":
                cards.resume(desk, task.id)
            case _:
                desk.parts.watcher.look_now(task.id)
        desk.stay()

    def leave(self, desk: Desk) -> None:
        above = self.menu.find(str(desk.answers.get("above", "")))
        (above or self.menu[self.parent]).enter(desk)

    def _task(self, desk: Desk) -> Task | None:
        number = desk.answers.get("task")
        return tasks.of_user(desk.db, desk.user.id, number) if isinstance(number, int) else None


class History(Place):
    """Tasks that are over, newest first, a few a page."""

    def __init__(self, service: Service) -> None:
        super().__init__(f"{service}.history", lambda: _("History"), service.value)
        self._service = service

    def show(self, desk: Desk) -> Screen:
        skip = int(desk.answers.get("skip", 0))
        found = tasks.finished(desk.db, desk.user.id, self._service, skip, A_PAGE + 1)
        if not found:
            return Screen(_("No task is over yet."), self.under())
        lines = []
        for task in found[:A_PAGE]:
            lines += [words.headline(task), moment(task.created)]
            lines += [line for line in (words.summary(task), task.summary) if line]
            lines.append("")
        rows = list(task_rows([task for task in found[:A_PAGE] if task.task_id]))
        rows += turning(skip, A_PAGE, more=len(found) > A_PAGE)
        return Screen("\n".join(lines).rstrip(), self.under(*rows))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "page" and argument.isdecimal():
            desk.go(self.name, {"skip": int(argument)})
        elif action != "open" or not open_task(desk, argument, self.name):
            super().press(desk, action, argument)
