"""A campaign's database with groups and senders, and workers on it, for the tests."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from core.campaigns.sending.board import Board
from core.campaigns.sending.campaign import Campaign
from core.campaigns.sending.limits import Limits
from core.campaigns.sending.line import Line, Sender
from core.campaigns.sending.orders import Orders
from core.campaigns.sending.queue import Queue
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.stand_in.server import Bot, StandIn
from core.campaigns.storage import sessions
from core.campaigns.storage.cipher import Cipher, new_key
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.database import open_database
from core.campaigns.storage.keeping_chats import NewChat, add_chats
from core.campaigns.storage.keeping_groups import add_message, create_group
from core.campaigns.storage.keeping_senders import add_to_group, senders_of, store_sender
from core.campaigns.words import Session
from core.clock import Clock, SystemClock
from core.database.sql.place import Place, parse_place
from core.settings.secret import Secret
from core.stop import StopSignal

UNLIMITED = Limits(max_per_hour=10**9, randomness=0.0)
FAST = Terms(UNLIMITED, cycle_delay=timedelta(0))
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class MovableClock:
    """Time stands still until everybody who takes part waits; then it jumps to the first."""

    def __init__(self, start: datetime = START) -> None:
        self._changed = threading.Condition()
        self._start = start
        self._seconds = 0.0
        self._taking_part = 1
        self._waiting: dict[int, float] = {}

    def monotonic(self) -> float:
        with self._changed:
            return self._seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def advance(self, seconds: float) -> None:
        with self._changed:
            self._seconds += seconds
            self._changed.notify_all()

    def taking_part(self, count: int) -> None:
        """So many threads have to wait before time moves."""
        self._taking_part = count

    def leave(self) -> None:
        """One of them ends."""
        with self._changed:
            self._taking_part -= 1
            self._changed.notify_all()

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        me = threading.get_ident()
        with self._changed:
            until = self._seconds + max(seconds, 0.0)
            self._waiting[me] = until
            while not stop.is_set and self._seconds < until:
                if len(self._waiting) >= self._taking_part:
                    self._seconds = min(self._waiting.values())
                    self._changed.notify_all()
                    # Whoever is due leaves the list before time moves again.
                    for other, due in list(self._waiting.items()):
                        if due <= self._seconds:
                            del self._waiting[other]
                else:
                    self._changed.wait(0.5)
            self._waiting.pop(me, None)
        return stop.is_set


@dataclass
class Kit:
    """One database, one stand-in, and what sends between them."""

    place: Place
    engine: Engine
    stand_in: StandIn
    clock: Clock = field(default_factory=SystemClock)
    key: Secret = field(default_factory=new_key)
    stop: StopSignal = field(default_factory=StopSignal)
    board: Board = field(default_factory=Board)

    @property
    def cipher(self) -> Cipher:
        return Cipher(self.key)

    def group(
        self,
        chats: Iterable[str],
        *,
        name: str = "g",
        senders: int = 1,
        texts: Iterable[str] = ("Hello",),
    ) -> list[Bot]:
        """A group with its chats, messages and as many new senders."""
        bots = []
        with self.engine.begin() as connection:
            create_group(connection, name, self.clock.now())
            for number in range(senders):
                bot = self.stand_in.add_bot(f"{name}-bot{number}")
                bots.append(bot)
                store_sender(
                    connection, self.cipher, bot.name, Secret(bot.token), Secret(), bot.name
                )
                add_to_group(connection, name, [bot.name])
            for words in texts:
                add_message(connection, name, words)
            new = (NewChat(chat, "test") for chat in chats)
            add_chats(connection, name, new, self.clock.now())
        return bots

    def session(
        self, name: str = "g", *, cycles: int = 1, seed: int = 1, new: bool = False
    ) -> Session:
        with self.engine.begin() as connection:
            found = sessions.begin(connection, name, cycles, self.clock.now(), seed=seed, new=new)
        assert found is not None
        return found

    def senders(self, name: str = "g", *, working: bool = True) -> list[Sender]:
        with self.engine.begin() as connection:
            return senders_of(connection, self.cipher, name, working=working)

    def queue(self, owner: str = "test") -> Queue:
        return Queue(self.engine, self.place, self.clock, owner)

    def campaign(
        self,
        session: Session,
        terms: Terms = FAST,
        *,
        quiet: QuietHours | None = None,
        until: datetime | None = None,
        seconds: float = 15.0,
    ) -> Campaign:
        def open_line(sender: Sender, proxy_is_dead: Callable[[], None]) -> Line:
            return Line(sender, self.stand_in.url, seconds=seconds, proxy_is_dead=proxy_is_dead)

        orders = Orders(session, terms, quiet, until)
        return Campaign(
            self.queue(), orders, self.senders(session.group), open_line, self.board, self.stop
        )

    def run(self, campaign: Campaign) -> int:
        campaign.start()
        while not campaign.wait(0.1):
            pass
        return campaign.close()

    def send(self, terms: Terms = FAST, *, cycles: int = 1) -> int:
        """The group's session from its beginning, or from where it stands, to its end."""
        return self.run(self.campaign(self.session(cycles=cycles), terms, seconds=1))

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def table(self, statement: str) -> list[Any]:
        """Rows whose columns have names."""
        with self.engine.begin() as connection:
            return list(connection.execute(text(statement)))

    def rows_changed(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def one(self, statement: str) -> object:
        ((value,),) = self.rows(statement)
        return value


def open_kit(url: str, stand_in: StandIn, clock: Clock | None = None) -> Kit:
    place = parse_place(url, "CAMPAIGNS_DATABASE_URL")
    engine = open_database(place, pool_size=20)
    return Kit(place, engine, stand_in, clock or SystemClock())


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'campaigns.db'}"
