"""The panel: what is pressed and typed comes in here, is decided, stored, and only then shown.

    news ─ press limit ─ [one transaction: `deciding`] ─ screens to the painter ─ effects outside

All coroutines belong to the hub's loop.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from core.formats import duration
from core.hub import gate
from core.hub.chat.messenger import News
from core.hub.chat.painter import Picture
from core.hub.database import positions, users
from core.hub.database.users import User
from core.hub.deciding import Decisions, Outcome
from core.hub.menu.desk import Desk, Visit
from core.hub.menu.place import Menu, ServicePlace
from core.hub.menu.screen import Screen
from core.hub.parts import Parts
from core.hub.rate import PressLimit
from core.hub.services.trouble import ServiceTrouble, say
from core.i18n import _, speaking
from core.telegram.trouble import TelegramTrouble

log = logging.getLogger(__name__)

LATELY = timedelta(hours=1)
PATIENCE = 0.3  # seconds until 'asking the service' is shown instead of nothing


class Panel:
    """Made once, within the loop."""

    def __init__(
        self,
        parts: Parts,
        menu: Menu,
        limit: PressLimit | None = None,
    ) -> None:
        self.parts = parts
        self._decisions = Decisions(parts, menu)
        self._gate = parts.gate
        self._now = parts.now
        self._store = parts.store
        self._painter = parts.painter
        self._messenger = parts.messenger
        self._limit = limit or PressLimit()
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
            outcome = await self._store.do(lambda db: self._decisions.decide(db, news))
        self._languages[outcome.user.id] = outcome.user.language
        with speaking(outcome.user.language):
            if outcome.secret:
                self._behind(self._delete(news))
            if news.press:
                self._behind(self._answer(news.press, outcome.alert))
            self._carry_out(outcome)

    async def resume(self, user_id: int, version: int, change: Callable[[Desk], None]) -> bool:
        """Change where a user is, if he still is where he was: what an effect does in the end."""
        outcome = await self._store.do(
            lambda db: self._decisions.change(db, user_id, version, change)
        )
        if outcome is None:
            return False
        with speaking(outcome.user.language):
            self._carry_out(outcome)
        return True

    async def redraw(self, user_id: int, *, quiet: bool = False) -> None:
        """Show a user's place as it is stored."""
        outcome = await self._store.do(lambda db: self._decisions.as_stored(db, user_id))
        if outcome is not None:
            with speaking(outcome.user.language):
                self._carry_out(outcome, quiet=quiet)

    async def let_expire(self) -> None:
        """End every wizard that has waited too long, with a word."""
        for user_id in await self._store.do(lambda db: positions.expired(db, self._now())):
            outcome = await self._store.do(partial(self._decisions.expire, user_id=user_id))
            if outcome is not None:
                with speaking(outcome.user.language):
                    self._carry_out(outcome)

    async def after_a_restart(self) -> None:
        """Show again what is open or was pressed of late: it may have been stored but not shown."""
        await self.let_expire()
        since = self._now() - LATELY
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

    # What follows outside

    def _carry_out(self, outcome: Outcome, *, quiet: bool = False) -> None:
        user = outcome.user
        if outcome.say:
            self.tell(user.id, "stranger", Screen(outcome.say), sound=False)
        if outcome.screen is not None and outcome.place is not None:
            if isinstance(outcome.place, ServicePlace) and outcome.visit is not None:
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

    async def _load(self, outcome: Outcome, place: ServicePlace, visit: Visit) -> None:
        """Show a place that needs a service: at once that it is asked, then what it says."""
        asking = asyncio.create_task(place.load(visit))
        try:
            done, _pending = await asyncio.wait({asking}, timeout=PATIENCE)
            if not done and outcome.screen is not None and self._decisions.is_there(visit):
                self._show(outcome, outcome.screen)
            try:
                screen = await asking
            except ServiceTrouble as trouble:
                screen = place.sorry(say(trouble))
        finally:
            asking.cancel()
        if self._decisions.is_there(visit):
            self._show(outcome, screen.noted(visit.note))

    async def ask_admins(self, person_id: int, only: int | None = None) -> None:
        """Show the admins, or one of them, who asks and what was decided."""

        def work(db: sqlite3.Connection) -> tuple[User | None, list[User]]:
            found = [users.find(db, admin) for admin in sorted(self._gate.admins)]
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
        if not self._gate.admits(person):
            self.tell(person.id, "decision", Screen(text))
            return
        outcome = await self._store.do(lambda db: self._decisions.bring_home(db, person, text))
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
