"""👤 The two Telegram accounts of a user: connecting and disconnecting them."""

import logging
from typing import TYPE_CHECKING

from core.hub import reading
from core.hub.accounts.client import AccountProblem, AccountTrouble, SentCode, say
from core.hub.database import users
from core.hub.database.positions import HOME
from core.hub.database.users import Session
from core.hub.menu.desk import Desk, Effect
from core.hub.menu.place import Place, Words
from core.hub.menu.screen import Choice, Screen, column
from core.hub.menu.wizard import LOGIN_LIFETIME
from core.i18n import _
from core.logs.masking import mask_phone
from core.settings.secret import Secret
from core.system_words import system_reason

if TYPE_CHECKING:
    from core.hub.panel import Panel

log = logging.getLogger(__name__)

NAME = "account"


def places() -> list[Place]:
    return [
        Account(),
        *(place for session in Session for place in login_places(session)),
        Disconnect(),
    ]


def session_title(session: Session) -> str:
    if session is Session.PARSER:
        return _("Account for watching")
    return _("Account for the blacklist")


class Account(Place):
    """Both authorisations, and their state in words."""

    def __init__(self) -> None:
        super().__init__(NAME, lambda: _("👤 My account"), HOME)

    def show(self, desk: Desk) -> Screen:
        lines = [self.title(), ""]
        for session in Session:
            well = desk.user.has(session)
            state = _("connected") if well else _("not connected")
            lines.append(f"{'✅' if well else '❌'} {session_title(session)}: {state}")
        if desk.user.phone:
            lines.append(_("Number: {phone}").format(phone=desk.user.phone))
        return Screen("\n".join(lines), self.under(*column(*self.children())))


def login_places(session: Session) -> list[Place]:
    door = LoginNumber(session)
    return [door, LoginCode(session), LoginPassword(session)]


class LoginStep(Place):
    """What the steps have in common. The number is kept encrypted; code and password never."""

    lifetime = LOGIN_LIFETIME
    secret = True

    def __init__(
        self, session: Session, name: str, title: Words, parent: str, *, listed: bool
    ) -> None:
        super().__init__(name, title, parent, listed=listed)
        self.session = session

    def abandon(self, desk: Desk) -> None:
        desk.later(_cancelling(desk.user.id, self.session))

    def heading(self) -> str:
        return session_title(self.session)


class LoginNumber(LoginStep):
    """The first step: the number."""

    def __init__(self, session: Session) -> None:
        title = lambda: session_title(session)  # noqa: E731
        super().__init__(session, f"{NAME}.{session}", title, NAME, listed=True)

    def enter(self, desk: Desk) -> None:
        if desk.user.has(self.session):
            desk.go(NAME, note=_("This account is connected. Disconnect first to connect anew."))
        else:
            desk.go(self.name)

    def show(self, desk: Desk) -> Screen:
        text = _(
            "Which number does the Telegram account have? It is deleted from the chat at once."
            " Example: +7 957 123-45-67"
        )
        return Screen(f"{self.heading()}\n\n{text}", self.under())

    def typed(self, desk: Desk, text: str) -> None:
        try:
            phone = Secret(reading.phone(text))
        except reading.NotRead as sentence:
            desk.stay(f"⚠️ {sentence}")
            return
        locked = desk.parts.vault.lock(phone)
        desk.go(self.name, note=_("⏳ Telegram is asked for a code…"))
        desk.later(_begin(desk.user.id, desk.next_version, self.session, phone, locked))

    def leave(self, desk: Desk) -> None:
        self.abandon(desk)
        super().leave(desk)


class LoginCode(LoginStep):
    """The second step: the code, with signs between the digits."""

    def __init__(self, session: Session) -> None:
        name = f"{NAME}.{session}"
        super().__init__(session, f"{name}.code", lambda: _("Code"), name, listed=False)

    def show(self, desk: Desk) -> Screen:
        text = _(
            "Telegram has sent a code to {phone}. Type it with signs between the digits: a code"
            " that is sent through Telegram as it is becomes useless at once. Your message is"
            " deleted. Example: 1-2-3-4-5"
        ).format(phone=desk.answers.get("shown", ""))
        again = Choice(_("Send again"), "resend")
        return Screen(f"{self.heading()}\n\n{text}", self.under((again,)))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action != "resend":
            super().press(desk, action, argument)
            return
        desk.go(self.name, desk.answers, _("⏳ Telegram is asked for a code…"))
        phone = desk.parts.vault.unlock(desk.answers["phone"])
        desk.later(
            _resend(desk.user.id, desk.next_version, self.session, phone, dict(desk.answers))
        )

    def typed(self, desk: Desk, text: str) -> None:
        try:
            code = Secret(reading.code(text))
        except reading.NotRead as sentence:
            desk.stay(f"⚠️ {sentence}")
            return
        phone = desk.parts.vault.unlock(desk.answers["phone"])
        desk.go(self.name, desk.answers, _("⏳ The code is being checked…"))
        desk.later(
            _sign_in(
                desk.user.id,
                desk.next_version,
                self.session,
                phone,
                dict(desk.answers),
                code,
            )
        )

    def leave(self, desk: Desk) -> None:
        self.abandon(desk)
        desk.go(self.parent)


class LoginPassword(LoginStep):
    """The third step, where the account has a password besides."""

    def __init__(self, session: Session) -> None:
        name = f"{NAME}.{session}"
        super().__init__(session, f"{name}.password", lambda: _("Password"), name, listed=False)

    def show(self, _desk: Desk) -> Screen:
        text = _(
            "This account has a password besides (two-step verification). Type it; your message is"
            " deleted at once."
        )
        return Screen(f"{self.heading()}\n\n{text}", self.under())

    def typed(self, desk: Desk, text: str) -> None:
        if not text.strip():
            desk.stay()
            return
        desk.go(self.name, desk.answers, _("⏳ The password is being checked…"))
        desk.later(
            _password(
                desk.user.id,
                desk.next_version,
                self.session,
                str(desk.answers.get("shown", "")),
                Secret(text),
            )
        )

    def leave(self, desk: Desk) -> None:
        self.abandon(desk)
        desk.go(self.parent)


def _begin(user_id: int, version: int, session: Session, phone: Secret, locked: str) -> Effect:
    async def effect(panel: "Panel") -> None:
        log.info("user %s logs in: %s", f"{user_id:_}", session)
        try:
            sent = await panel.parts.logins.begin(user_id, session, phone)
        except (AccountTrouble, OSError) as trouble:
            note = _said(trouble)
            await panel.resume(
                user_id, version, lambda desk: desk.go(f"{NAME}.{session}", note=note)
            )
            return
        answers = {"phone": locked, "key": sent.key, "shown": mask_phone(phone.reveal())}
        moved = await panel.resume(
            user_id,
            version,
            lambda desk: desk.go(f"{NAME}.{session}.code", answers, _way(sent)),
        )
        if not moved:
            await panel.parts.logins.cancel(user_id, session)

    return effect


def _resend(
    user_id: int, version: int, session: Session, phone: Secret, answers: dict[str, str]
) -> Effect:
    async def effect(panel: "Panel") -> None:
        try:
            sent = await panel.parts.logins.again(user_id, session, phone, answers["key"])
        except (AccountTrouble, OSError) as trouble:
            note, key = _said(trouble), answers["key"]
        else:
            note, key = _way(sent), sent.key
        await panel.resume(
            user_id,
            version,
            lambda desk: desk.go(f"{NAME}.{session}.code", {**answers, "key": key}, note),
        )

    return effect


def _sign_in(
    user_id: int,
    version: int,
    session: Session,
    phone: Secret,
    answers: dict[str, str],
    code: Secret,
) -> Effect:
    async def effect(panel: "Panel") -> None:
        place = f"{NAME}.{session}.code"
        try:
            done = await panel.parts.logins.code(user_id, session, phone, answers["key"], code)
        except (AccountTrouble, OSError) as trouble:
            note = _said(trouble)
            await panel.resume(user_id, version, lambda desk: desk.go(place, answers, note))
            return
        if done:
            await _connected(panel, user_id, version, session, answers["shown"])
            return
        await panel.resume(
            user_id,
            version,
            lambda desk: desk.go(f"{NAME}.{session}.password", {"shown": answers["shown"]}),
        )

    return effect


def _password(user_id: int, version: int, session: Session, shown: str, password: Secret) -> Effect:
    async def effect(panel: "Panel") -> None:
        place = f"{NAME}.{session}.password"
        try:
            await panel.parts.logins.password(user_id, session, password)
        except (AccountTrouble, OSError) as trouble:
            note = _said(trouble)
            again = {"shown": shown}
            await panel.resume(user_id, version, lambda desk: desk.go(place, again, note))
            return
        await _connected(panel, user_id, version, session, shown)

    return effect


async def _connected(
    panel: "Panel", user_id: int, version: int, session: Session, shown: str
) -> None:
    log.info("user %s is logged in: %s", f"{user_id:_}", session)
    await panel.parts.store.do(
        lambda db: users.set_session(db, user_id, session, authorized=True, phone=shown),
        durable=True,
    )
    note = _("✅ The account is connected.")
    if not await panel.resume(user_id, version, lambda desk: desk.go(NAME, note=note)):
        panel.tell(user_id, "problem", Screen(note), sound=False)


def _cancelling(user_id: int, session: Session) -> Effect:
    return lambda panel: panel.parts.logins.cancel(user_id, session)


def _way(sent: SentCode) -> str:
    """Where the code arrives, where that is known."""
    ways = {
        "app": _("The code is in the Telegram app of this account."),
        "sms": _("The code comes as an SMS."),
        "call": _("The code comes by a call."),
    }
    return ways.get(sent.way, "")


def _said(trouble: AccountTrouble | OSError) -> str:
    if isinstance(trouble, AccountTrouble):
        return f"⚠️ {say(trouble)}"
    log.error("a session cannot be stored: %s", system_reason(trouble))
    return "⚠️ " + _("The session cannot be stored. Tell the administrator.")


class Disconnect(Place):
    """Asks, then logs both accounts out and deletes their files."""

    def __init__(self) -> None:
        super().__init__(f"{NAME}.disconnect", lambda: _("Disconnect"), NAME)

    def show(self, _desk: Desk) -> Screen:
        text = _(
            "Disconnect both accounts? They are logged out at Telegram and their files are deleted;"
            " tasks that work through them fail."
        )
        yes, no = Choice(_("Yes"), "yes"), Choice(_("No"), "back")
        return Screen(text, ((yes, no),))

    def press(self, desk: Desk, action: str, argument: str) -> None:
        if action != "yes":
            super().press(desk, action, argument)
            return
        users.forget_sessions(desk.db, desk.user.id)
        desk.know_anew()
        desk.go(NAME, note=_("⏳ The accounts are being logged out…"))
        desk.later(_disconnect(desk.user.id, desk.next_version))


def _disconnect(user_id: int, version: int) -> Effect:
    async def effect(panel: "Panel") -> None:
        log.info("user %s disconnects the accounts", f"{user_id:_}")
        try:
            troubles = await panel.parts.logins.log_out(user_id)
        except OSError as error:
            note = _said(error)
        else:
            note = _("The accounts are disconnected, their files are deleted.")
            if any(trouble.problem is not AccountProblem.LOGGED_OUT for trouble in troubles):
                note += " " + _(
                    "Telegram could not be asked: end the sessions in its settings, under Devices."
                )
        await panel.resume(user_id, version, lambda desk: desk.stay(note))

    return effect
