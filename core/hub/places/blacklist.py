"""⚫ The blacklist: whether somebody is complained of, and the chats where that is looked for."""

import logging
from typing import TYPE_CHECKING, Any

from core.hub import reading
from core.hub.database import checks
from core.hub.database.positions import HOME
from core.hub.database.users import Session
from core.hub.menu.desk import Desk, Effect, Visit
from core.hub.menu.place import Place, ServicePlace
from core.hub.menu.screen import Choice, Screen, column
from core.hub.menu.wizard import Step, Wizard
from core.hub.places.needs import needs_session
from core.hub.services.trouble import Kind, ServiceTrouble, say
from core.hub.services.workers import Chat
from core.i18n import _

if TYPE_CHECKING:
    from core.hub.panel import Panel

log = logging.getLogger(__name__)

NAME = "blacklist"
MOST_CHATS = 40
MOST_CHECKS = 3


def places() -> list[Place]:
    return [
        Blacklist(),
        *check_wizard().places(),
        ChatList(),
        *add_wizard().places(),
        RemoveChat(),
        ConfirmRemoval(),
    ]


class Blacklist(Place):
    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("⚫ Blacklist"), HOME)

    def show(self, desk: Desk) -> Screen:
        lines = [_("⚫ Complaints about people are looked for in the chats of the list.")]
        running = checks.running(desk.db, desk.user.id)
        lines += [_("⏳ {name} is being checked.").format(name=check.username) for check in running]
        return Screen("\n".join(lines), self.under(*column(*self.children())))


def check_wizard() -> Wizard:
    return Wizard(
        name=f"{NAME}.check",
        parent=NAME,
        title=lambda: _("Check a name"),
        needs=_may_check,
        steps=(
            Step(
                "username",
                lambda: _("Name"),
                lambda _desk: _(
                    "Who shall be checked? It may take 20 minutes; you can go on meanwhile and will"
                    " be told. Type the name. Example: @ivan_petrov"
                ),
                read=lambda _desk, text: reading.username(text),
            ),
        ),
        summary=lambda _desk: "",
        confirm=lambda: "",
        finish=_begin_check,
        asks_at_end=False,
    )


def _may_check(desk: Desk) -> bool:
    note = _("Connect the account for the blacklist first: the check works through it.")
    if not needs_session(desk, Session.BLACKLIST, note):
        return False
    if len(checks.running(desk.db, desk.user.id)) >= MOST_CHECKS:
        desk.go(NAME, note=_("⚠️ Three names are being checked already. Wait for one of them."))
        return False
    return True


def _begin_check(desk: Desk, answers: dict[str, Any]) -> None:
    name = answers["username"]
    check = checks.add(desk.db, desk.user.id, name, desk.now)
    desk.later(lambda panel: panel.parts.checker.check(check))
    desk.go(
        NAME,
        note=_("{name} is being checked. It may take 20 minutes; you will be told.").format(
            name=name
        ),
    )


class ChatList(ServicePlace):
    """The chats of the blacklist, as the service has them."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.chats", lambda: _("List of chats"), NAME)

    async def load(self, _visit: Visit) -> Screen:
        chats = await self.menu.parts.services.workers.chats()
        lines = [_chat_line(chat) for chat in chats[:MOST_CHATS]]
        if len(chats) > MOST_CHATS:
            lines.append("…")
        text = "\n".join(lines) if lines else _("There is no chat in the list yet.")
        return Screen(f"{self.title()}\n\n{text}", self.under())


def _chat_line(chat: Chat) -> str:
    parts = [chat.username, chat.title, chat.topic, "" if chat.active else _("switched off")]
    return "• " + " · ".join(part for part in parts if part)


def add_wizard() -> Wizard:
    return Wizard(
        name=f"{NAME}.add",
        parent=NAME,
        title=lambda: _("Add a chat"),
        steps=(
            Step(
                "chat",
                lambda: _("Chat"),
                lambda _desk: _("Which chat is added? Type its name. Example: @pvz_complaints"),
                read=lambda _desk, text: reading.username(text),
            ),
        ),
        summary=lambda _desk: "",
        confirm=lambda: "",
        finish=_begin_adding,
        asks_at_end=False,
    )


def _begin_adding(desk: Desk, answers: dict[str, Any]) -> None:
    name = answers["chat"]
    desk.go(NAME, note=_("⏳ {name} is being added…").format(name=name))
    desk.later(_change(desk.user.id, desk.next_version, name, adding=True))


class RemoveChat(ServicePlace):
    """Which chat is removed: the service's list as buttons, or a typed name."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.remove", lambda: _("Remove a chat"), NAME)

    async def load(self, _visit: Visit) -> Screen:
        chats = await self.menu.parts.services.workers.chats()
        names = [chat.username for chat in chats if _fits_a_button(chat.username)]
        text = _("Which chat is removed? Press it or type its name. Example: @pvz_complaints")
        if not chats:
            text = _("There is no chat in the list yet.")
        choices = [Choice(name, "pick", name) for name in names[:MOST_CHATS]]
        return Screen(f"{self.title()}\n\n{text}", self.under(*column(*choices)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action == "pick" and argument:
            desk.go(f"{NAME}.remove.confirm", {"chat": argument})
        else:
            super().press(desk, action, argument)

    def typed(self, desk: Desk, text: str) -> None:
        try:
            name = reading.username(text)
        except reading.NotRead as sentence:
            desk.stay(f"⚠️ {sentence}")
        else:
            desk.go(f"{NAME}.remove.confirm", {"chat": name})


def _fits_a_button(name: str) -> bool:
    return len(name) <= 32 and name.isascii() and name.lstrip("@").replace("_", "a").isalnum()


class ConfirmRemoval(Place):
    def __init__(self) -> None:
        super().__init__(
            f"{NAME}.remove.confirm", lambda: _("Confirm"), f"{NAME}.remove", listed=False
        )

    def show(self, desk: Desk) -> Screen:
        text = _("Remove {name} from the list? It is no longer looked into then.").format(
            name=desk.answers.get("chat", "")
        )
        yes, no = Choice(_("Yes"), "yes"), Choice(_("No"), "back")
        return Screen(text, ((yes, no),))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action != "yes":
            super().press(desk, action, argument)
            return
        name = str(desk.answers.get("chat", ""))
        desk.go(NAME, note=_("⏳ {name} is being removed…").format(name=name))
        desk.later(_change(desk.user.id, desk.next_version, name, adding=False))


def _change(user_id: int, version: int, name: str, *, adding: bool) -> Effect:
    """Ask the service, and say what came of it: in the menu where it still is, else by itself."""

    async def effect(panel: "Panel") -> None:
        log.info("user %s %s a chat", f"{user_id:_}", "adds" if adding else "removes")
        service = panel.parts.services.workers
        try:
            await (service.add_chat(name) if adding else service.remove_chat(name))
        except ServiceTrouble as trouble:
            note = f"⚠️ {_unknown(name) if trouble.kind is Kind.NOT_KNOWN else say(trouble)}"
        else:
            done = _("{name} was added.") if adding else _("{name} was removed.")
            note = done.format(name=name)
        if not await panel.resume(user_id, version, lambda desk: desk.stay(note)):
            panel.tell(user_id, "problem", Screen(note), sound=False)

    return effect


def _unknown(name: str) -> str:
    return _("The service does not find the chat {name}. Check the name.").format(name=name)
