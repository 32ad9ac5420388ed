"""The buttons under a task's message: Stop, Renew, Go on. They belong to the task's version."""

from typing import TYPE_CHECKING

from core.hub.database import tasks
from core.hub.menu.desk import Desk, Effect
from core.hub.menu.screen import Screen
from core.i18n import _

if TYPE_CHECKING:
    from core.hub.panel import Panel


def press(desk: Desk, argument: str, version: int) -> None:
    """What a button under a task's message does."""
    number, _dot, verb = argument.partition(".")
    task = tasks.of_user(desk.db, desk.user.id, int(number)) if number.isdecimal() else None
    if task is None:
        desk.alert = _("There is no such task of yours.")
        return
    if task.version != version:
        desk.alert = _("This button is old: the task has gone on since.")
        desk.later(lambda panel: panel.parts.keeper.renew(task.id))
        return
    match verb:
        case "stop":
            stop(desk, task.id)
        case "resume":
            resume(desk, task.id)
        case _:
            desk.alert = ""
            desk.later(lambda panel: _look(panel, task.id))


def stop(desk: Desk, number: int) -> bool:
    """Stop a task of this user; False where it is over or being stopped already."""
    if not tasks.ask_stop(desk.db, number):
        desk.alert = _("It is being stopped already, or it is over.")
        return False
    desk.alert = _("It is being stopped.")
    desk.later(_stopping(number, desk.user.id))
    return True


def resume(desk: Desk, number: int) -> bool:
    """Take a task up again; False where it goes on already."""
    if not desk.parts.keeper.revive(desk.db, number):
        desk.alert = _("It goes on already.")
        return False
    desk.alert = _("It goes on.")
    desk.later(_resuming(number, desk.user.id))
    return True


def _stopping(number: int, user_id: int) -> Effect:
    async def effect(panel: "Panel") -> None:
        if sentence := await panel.parts.keeper.stop(number):
            panel.tell(user_id, "problem", Screen(f"⚠️ {sentence}"))
        panel.parts.watcher.look_now(number)

    return effect


def _resuming(number: int, user_id: int) -> Effect:
    async def effect(panel: "Panel") -> None:
        if sentence := await panel.parts.keeper.resume(number):
            panel.tell(user_id, "problem", Screen(f"⚠️ {sentence}"))

    return effect


async def _look(panel: "Panel", number: int) -> None:
    panel.parts.watcher.look_now(number)
    await panel.parts.keeper.renew(number)
