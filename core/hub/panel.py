"""The panel: what is pressed and typed comes in here, is decided, stored, and only then shown.

    news ─ press limit ─ [one transaction: who, whose button, which version, what changes]
         ─ screens to the painter ─ effects outside

All coroutines belong to the hub's loop.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from core.formats import duration
from core.hub import cards, gate
from core.hub.chat.messenger import News
from core.hub.chat.painter import Picture
from core.hub.database import positions, users
from core.hub.database.positions import HOME
from core.hub.database.users import User
from core.hub.menu.desk import Desk, Effect, Visit
from core.hub.menu.place import Menu, Place
from core.hub.menu.screen import Screen, read_button
from core.hub.parts import Parts
from core.hub.rate import PressLimit
from core.hub.reading import looks_secret
from core.hub.services.trouble import ServiceTrouble, say
from core.i18n import _, speaking
from core.telegram.trouble import TelegramTrouble

log = logging.getLogger(__name__)

LATELY = timedelta(hours=1)
PATIENCE = 0.3  # seconds until 'asking the service' is shown instead of nothing
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


class Panel:
    """Made once, within the loop."""

    def __init__(
        self,
        parts: Parts,
        menu: Menu,
        limit: PressLimit | None = None,
    ) -> None:
        self.parts = parts
        self.menu = menu
        self.gate = parts.gate
        self.now = parts.now
        self._store = parts.store
        self._painter = parts.painter
        self._messenger = parts.messenger
        self._limit = limit or PressLimit()
        self._versions: dict[int, int] = {}
        self._languages: dict[int, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # What comes in

    async def handle(self, news: News) -> None:
        """Decide and store what somebody did. Showing it and doing it go on behind."""
        if (wait := self._limit.wait(news.person.id)) > 0:
            self._behind(self._too_fast(news, wait))
            return
        self.parts.watcher.note_press(news.person.id)
        measures = self.parts.measures
        measures.presses.labels("press" if news.press else "text").inc()
        with measures.answer_seconds.time():
            outcome = await self._store.do(lambda db: self._decide(db, news))
        self._languages[outcome.user.id] = outcome.user.language
        with speaking(outcome.user.language):
            if outcome.secret:
                self._behind(self._delete(news))
            if news.press:
                self._behind(self._answer(news.press, outcome.alert))
            self._carry_out(outcome)

    async def resume(self, user_id: int, version: int, change: Callable[[Desk], None]) -> bool:
        """Change where a user is, if he still is where he was: what an effect does in the end."""

        def work(db: sqlite3.Connection) -> Outcome | None:
            user = users.find(db, user_id)
            position = positions.read(db, user_id)
            if user is None or position.version != version or not self.gate.admits(user):
                return None
            with speaking(user.language):
                desk = Desk(db, user, position, self.now(), self.parts)
                change(desk)
                return self._settle(desk)

        outcome = await self._store.do(work)
        if outcome is None:
            return False
        with speaking(outcome.user.language):
            self._carry_out(outcome)
        return True

    async def redraw(self, user_id: int, *, quiet: bool = False) -> None:
        """Show a user's place as it is stored."""
        outcome = await self._store.do(lambda db: self._as_stored(db, user_id))
        if outcome is not None:
            with speaking(outcome.user.language):
                self._carry_out(outcome, quiet=quiet)

    async def let_expire(self) -> None:
        """End every wizard that has waited too long, with a word."""
        for user_id in await self._store.do(lambda db: positions.expired(db, self.now())):
            outcome = await self._store.do(partial(self._expire, user_id))
            if outcome is not None:
                with speaking(outcome.user.language):
                    self._carry_out(outcome)

    async def after_a_restart(self) -> None:
        """Show again what is open or was pressed of late: it may have been stored but not shown."""
        await self.let_expire()
        since = self.now() - LATELY
        for user_id in await self._store.do(lambda db: positions.attended(db, since)):
            await self.redraw(user_id, quiet=True)

    async def close(self) -> None:
        """Give up what goes on behind."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, user_id: int, key: str, screen: Screen, *, sound: bool = True) -> None:
        """A message of its own in somebody's chat."""
        picture = Picture(
            user_id, screen.text, screen.keyboard(user_id, 0), fresh=True, silent=not sound
        )
        self._painter.show((key, user_id), picture)

    # What is decided, in one transaction

    def _decide(self, db: sqlite3.Connection, news: News) -> Outcome:
        now = self.now()
        user = users.meet(db, news.person, now)
        with speaking(user.language):
            if not news.press and not users.is_new_message(db, user.id, news.message):
                return Outcome(user)
            if not self.gate.admits(user):
                return self._turn_away(db, user, news, now)
            desk = Desk(db, user, positions.read(db, user.id), now, self.parts)
            if news.press:
                return self._pressed(desk, news)
            return self._typed(desk, news.text)

    def _turn_away(self, db: sqlite3.Connection, user: User, news: News, now: datetime) -> Outcome:
        sentence, ask = self.gate.stranger(db, user, news.text, now)
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
            outcome = self._as_stored(desk.db, desk.user.id) or Outcome(desk.user)
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
        decided = self.gate.decide(desk.db, desk.user, argument, desk.now)
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
            self.menu[COMMANDS[command]].enter(desk)
            if command == "/start" and desk.user.id in self.gate.admins:
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
                desk.later(partial(Panel.ask_admins, person_id=person.id, only=desk.user.id))

    def _place(self, desk: Desk) -> Place:
        return self.menu.find(desk.position.place) or self.menu[HOME]

    def _settle(self, desk: Desk, *, fresh: bool = False) -> Outcome:
        """Store where the user is now, and see what that looks like."""
        if desk.goal is None:
            return Outcome(desk.user, alert=desk.alert, effects=desk.effects)
        name, answers = desk.goal
        place = self.menu[name]
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

    def _as_stored(self, db: sqlite3.Connection, user_id: int) -> Outcome | None:
        user = users.find(db, user_id)
        if user is None or not self.gate.admits(user):
            return None
        with speaking(user.language):
            desk = Desk(db, user, positions.read(db, user_id), self.now(), self.parts)
            return self._shown(desk, self._place(desk))

    def _expire(self, user_id: int, db: sqlite3.Connection) -> Outcome | None:
        user = users.find(db, user_id)
        position = positions.read(db, user_id)
        now = self.now()
        if user is None or position.expires is None or position.expires > now:
            return None
        with speaking(user.language):
            desk = Desk(db, user, position, now, self.parts)
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
        return outcome if self.gate.admits(user) else None

    # What follows outside

    def _carry_out(self, outcome: Outcome, *, quiet: bool = False) -> None:
        user = outcome.user
        if outcome.say:
            self.tell(user.id, "stranger", Screen(outcome.say), sound=False)
        if outcome.screen is not None and outcome.place is not None:
            if outcome.place.loads and outcome.visit is not None:
                self._behind(self._load(outcome, outcome.place, outcome.visit))
            else:
                self._show(outcome, outcome.screen, quiet=quiet)
        for effect in outcome.effects:
            self._behind(effect(self))

    def _show(self, outcome: Outcome, screen: Screen, *, quiet: bool = False) -> None:
        assert outcome.visit is not None  # noqa: S101 - whoever has a screen has it
        user_id, version = outcome.user.id, outcome.visit.version

        async def shown(message: int) -> None:
            if message != outcome.message:
                await self._store.do(
                    lambda db: positions.note_message(db, user_id, version, message)
                )

        picture = Picture(
            user_id,
            screen.text,
            screen.keyboard(user_id, version),
            message=outcome.message,
            fresh=outcome.fresh,
            shown=shown,
        )
        outcome.fresh = False  # what is shown of it later stands in the same message
        self._painter.show(("menu", user_id), picture, quiet=quiet)

    async def _load(self, outcome: Outcome, place: Place, visit: Visit) -> None:
        """Show a place that needs a service: at once that it is asked, then what it says."""
        asking = asyncio.create_task(place.load(visit))
        try:
            done, _pending = await asyncio.wait({asking}, timeout=PATIENCE)
            if not done and outcome.screen is not None and self._is_there(visit):
                self._show(outcome, outcome.screen)
            try:
                screen = await asking
            except ServiceTrouble as trouble:
                screen = place.sorry(say(trouble))
        finally:
            asking.cancel()
        if self._is_there(visit):
            self._show(outcome, screen.noted(visit.note))

    def _is_there(self, visit: Visit) -> bool:
        return self._versions.get(visit.user.id) == visit.version

    async def ask_admins(self, person_id: int, only: int | None = None) -> None:
        """Show the admins, or one of them, who asks and what was decided."""

        def work(db: sqlite3.Connection) -> tuple[User | None, list[User]]:
            found = [users.find(db, admin) for admin in sorted(self.gate.admins)]
            return users.find(db, person_id), [admin for admin in found if admin is not None]

        person, admins = await self._store.do(work)
        if person is None:
            return
        for admin in admins:
            if only in (None, admin.id):
                with speaking(admin.language):
                    screen = gate.question(person)
                picture = Picture(admin.id, screen.text, screen.keyboard(admin.id, 0), silent=False)
                self._painter.show(("asks", person_id, admin.id), picture)

    async def tell_decision(self, person: User, before: users.Access) -> None:
        """Tell somebody that he may use the hub, or may not any more."""
        with speaking(person.language):
            text = gate.decision(person.access, before)
        if not self.gate.admits(person):
            self.tell(person.id, "decision", Screen(text))
            return

        def work(db: sqlite3.Connection) -> Outcome:
            with speaking(person.language):
                desk = Desk(db, person, positions.read(db, person.id), self.now(), self.parts)
                desk.go(HOME, note=text)
                return self._settle(desk, fresh=True)

        outcome = await self._store.do(work)
        with speaking(person.language):
            self._carry_out(outcome)

    async def _too_fast(self, news: News, wait: float) -> None:
        known = self._languages.get(news.person.id)
        with speaking(known or users.language_of(news.person.language)):
            sentence = _("Too many presses. Wait {time}, please.").format(time=duration(wait))
        if news.press:
            await self._answer(news.press, sentence)
        elif known and self._limit.first_refusal(news.person.id):
            self.tell(news.person.id, "too fast", Screen(sentence), sound=False)

    async def _answer(self, press: str, alert: str) -> None:
        try:
            await self._messenger.answer(press, alert, window=bool(alert))
        except TelegramTrouble as trouble:  # only the little clock on the button stays
            log.debug("a pressed button could not be answered: %s", trouble)

    async def _delete(self, news: News) -> None:
        """Take a secret out of the chat; tries a few times, and says where it does not work."""
        for pause in (0.0, 1.0, 3.0, 10.0):
            await asyncio.sleep(pause)
            try:
                await self._messenger.delete(news.person.id, news.message)
                return
            except TelegramTrouble as trouble:
                log.info("a typed secret could not be deleted yet: %s", trouble)
                if not trouble.kind.passing:
                    break
        self.tell(
            news.person.id,
            "undeleted",
            Screen(_("Your message with the secret could not be deleted. Delete it yourself.")),
        )

    def _behind(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_survived(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _survived(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:  # it belongs to one press of one user
        log.exception("what a press began could not be finished")
