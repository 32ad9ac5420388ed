"""What somebody pressed or typed is decided and stored here, in one transaction: who he is, whose
button it was and of which version, what changes, and what is to be seen then.

Every method belongs to the thread of the database.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.formats import duration
from core.hub import cards
from core.hub.chat.messenger import News
from core.hub.database import positions, users
from core.hub.database.positions import HOME
from core.hub.database.users import User
from core.hub.menu.desk import Desk, Effect, Visit
from core.hub.menu.place import Menu, Place
from core.hub.menu.screen import Screen, read_button
from core.hub.parts import Parts
from core.hub.reading import looks_secret
from core.i18n import _, speaking

log = logging.getLogger(__name__)

COMMANDS = {
    "/start": HOME,
    "/menu": HOME,
    "/status": "status",
    "/tasks": "tasks",
    "/help": "help",
}


@dataclass(slots=True)
class Outcome:
    """What a transaction has decided: what to show, what to answer, what to do outside."""

    user: User
    screen: Screen | None = None
    place: Place | None = None
    visit: Visit | None = None
    message: int | None = None
    fresh: bool = False
    alert: str = ""
    say: str = ""  # to a stranger
    secret: bool = False  # what was typed is to be deleted
    effects: list[Effect] = field(default_factory=list)


class Decisions:
    """Every method is called within a transaction; what it returns is carried out after it."""

    def __init__(self, parts: Parts, menu: Menu) -> None:
        self._parts = parts
        self._menu = menu
        self._gate = parts.gate
        self._now = parts.now
        self._versions: dict[int, int] = {}  # of what each user was last shown

    def is_there(self, visit: Visit) -> bool:
        """Whether the user still is where he was then; any thread may ask."""
        return self._versions.get(visit.user.id) == visit.version

    def decide(self, db: sqlite3.Connection, news: News) -> Outcome:
        """What somebody pressed or typed."""
        now = self._now()
        user = users.meet(db, news.person, now)
        with speaking(user.language):
            if not news.press and not users.is_new_message(db, user.id, news.message):
                return Outcome(user)
            if not self._gate.admits(user):
                return self._turn_away(db, user, news, now)
            desk = Desk(db, user, positions.read(db, user.id), now, self._parts)
            if news.press:
                return self._pressed(desk, news)
            return self._typed(desk, news.text)

    def _turn_away(self, db: sqlite3.Connection, user: User, news: News, now: datetime) -> Outcome:
        sentence, ask = self._gate.stranger(db, user, news.text, now)
        outcome = Outcome(user, alert=sentence, say="" if news.press else sentence)
        if ask:
            outcome.effects.append(lambda panel: panel.ask_admins(user.id))
        return outcome

    def _pressed(self, desk: Desk, news: News) -> Outcome:
        button = read_button(news.button)
        if button is None or button.owner != desk.user.id:
            return Outcome(desk.user, alert=_("This button belongs to somebody else."))
        if button.action == "let":
            return self._let(desk, button.argument)
        if button.action == "card":
            cards.press(desk, button.argument, button.version)
            return self._settle(desk)
        if button.version != desk.position.version:
            outcome = self.as_stored(desk.db, desk.user.id) or Outcome(desk.user)
            outcome.alert = _("This button is old. /menu shows what there is now.")
            if desk.position.message not in (None, news.message):
                outcome.screen = None  # it stands under another message: ours is well
            return outcome
        if desk.position.message != news.message:
            positions.note_message(desk.db, desk.user.id, button.version, news.message)
            desk.position = positions.read(desk.db, desk.user.id)
        self._place(desk).press(desk, button.action, button.argument)
        return self._settle(desk)

    def _let(self, desk: Desk, argument: str) -> Outcome:
        before = users.find(desk.db, int(argument.partition(".")[0] or 0)) if argument else None
        decided = self._gate.decide(desk.db, desk.user, argument, desk.now)
        if decided is None or before is None:
            return Outcome(desk.user, alert=_("This button can no longer be used."))
        person, changed = decided
        outcome = Outcome(desk.user)
        if changed:
            log.info("admin %s: %s is %s", f"{desk.user.id:_}", f"{person.id:_}", person.access)
            if person.access is not users.Access.ALLOWED:
                self._close_menu(desk, person.id)
            outcome.effects.append(lambda panel: panel.tell_decision(person, before.access))
        outcome.effects.append(lambda panel: panel.ask_admins(person.id, desk.user.id))
        return outcome

    def _close_menu(self, desk: Desk, user_id: int) -> None:
        """Whoever may use the hub no more is asked nothing, and his buttons are old."""
        position = positions.read(desk.db, user_id)
        if position.version:
            positions.write(desk.db, user_id, position.moved(HOME, {}, None))

    def _typed(self, desk: Desk, text: str) -> Outcome:
        command = text.split(maxsplit=1)[0].partition("@")[0].casefold() if text.strip() else ""
        place = self._place(desk)
        if command in COMMANDS:
            self._menu[COMMANDS[command]].enter(desk)
            if command == "/start" and desk.user.id in self._gate.admins:
                self._show_who_waits(desk)
        elif command == "/cancel":
            asked = desk.position.expires is not None
            desk.go(HOME, note=_("Cancelled.") if asked else _("There is nothing to cancel."))
        elif command.startswith("/"):
            desk.go(HOME, note=_("There is no such command. /help tells what there is."))
        else:
            place.typed(desk, text)
            outcome = self._settle(desk)
            outcome.secret = place.secret or looks_secret(text)
            return outcome
        place.abandon(desk)
        return self._settle(desk, fresh=True)

    def _show_who_waits(self, desk: Desk) -> None:
        """An admin who had not opened the chat before could not be asked."""
        for person in users.everybody(desk.db):
            if person.access is users.Access.ASKED:
                desk.later(_asking(person.id, desk.user.id))

    def _place(self, desk: Desk) -> Place:
        return self._menu.find(desk.position.place) or self._menu[HOME]

    def _settle(self, desk: Desk, *, fresh: bool = False) -> Outcome:
        """Store where the user is now, and see what that looks like."""
        if desk.goal is None:
            return Outcome(desk.user, alert=desk.alert, effects=desk.effects)
        name, answers = desk.goal
        place = self._menu[name]
        expires = desk.now + place.lifetime if place.lifetime else None
        desk.position = desk.position.moved(name, answers, expires)
        if fresh:
            desk.position = desk.position.elsewhere()
        positions.write(desk.db, desk.user.id, desk.position)
        return self._shown(desk, place, fresh=fresh)

    def _shown(self, desk: Desk, place: Place, *, fresh: bool = False) -> Outcome:
        position = desk.position
        self._versions[desk.user.id] = position.version
        with speaking(desk.user.language):  # he may just have chosen another one
            screen = place.show(desk).noted(desk.note)
        return Outcome(
            desk.user,
            screen=screen,
            place=place,
            visit=Visit(desk.user, position.answers, position.version, desk.now, desk.note),
            message=position.message,
            fresh=fresh,
            alert=desk.alert,
            effects=desk.effects,
        )

    def change(
        self, db: sqlite3.Connection, user_id: int, version: int, change: Callable[[Desk], None]
    ) -> Outcome | None:
        """A change of where a user is; None where he is elsewhere by now."""
        user = users.find(db, user_id)
        position = positions.read(db, user_id)
        if user is None or position.version != version or not self._gate.admits(user):
            return None
        with speaking(user.language):
            desk = Desk(db, user, position, self._now(), self._parts)
            change(desk)
            return self._settle(desk)

    def bring_home(self, db: sqlite3.Connection, user: User, note: str) -> Outcome:
        """Put a user before the main menu, in a new message, with a word."""
        with speaking(user.language):
            desk = Desk(db, user, positions.read(db, user.id), self._now(), self._parts)
            desk.go(HOME, note=note)
            return self._settle(desk, fresh=True)

    def as_stored(self, db: sqlite3.Connection, user_id: int) -> Outcome | None:
        """Where a user is; None for somebody who may not use the hub."""
        user = users.find(db, user_id)
        if user is None or not self._gate.admits(user):
            return None
        with speaking(user.language):
            desk = Desk(db, user, positions.read(db, user_id), self._now(), self._parts)
            return self._shown(desk, self._place(desk))

    def expire(self, db: sqlite3.Connection, user_id: int) -> Outcome | None:
        """The end of a wizard that has waited too long; None where there is none."""
        user = users.find(db, user_id)
        position = positions.read(db, user_id)
        now = self._now()
        if user is None or position.expires is None or position.expires > now:
            return None
        with speaking(user.language):
            desk = Desk(db, user, position, now, self._parts)
            place = self._place(desk)
            place.abandon(desk)
            minutes = place.lifetime.total_seconds() if place.lifetime else 0.0
            desk.go(
                HOME,
                note=_(
                    "⌛ No answer for {time}: what was begun has ended, nothing was done."
                ).format(time=duration(minutes)),
            )
            outcome = self._settle(desk)
        return outcome if self._gate.admits(user) else None


def _asking(person_id: int, only: int) -> Effect:
    return lambda panel: panel.ask_admins(person_id, only)
