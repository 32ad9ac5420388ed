"""The queue as a worker sees it: each method is one short transaction."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from core.campaigns.storage import claims, leases, sessions, settling
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.settling import Arrived
from core.campaigns.storage.tables import groups, senders
from core.campaigns.telegram.outcomes import Cause, Outcome
from core.campaigns.words import AttemptStatus, Claim, Over, Session, Wait, Wish
from core.clock import Clock
from core.database.sql.failures import told
from core.database.sql.place import Place
from core.stop import StopSignal

log = logging.getLogger(__name__)

SETTLE_AGAIN = 1.0  # seconds between tries to write what came of a message


class Queue:
    """Any thread may call. Raises a UserError where the database cannot be used."""

    def __init__(self, engine: Engine, place: Place, clock: Clock, owner: str) -> None:
        self._engine = engine
        self._place = place
        self.clock = clock
        self._owner = owner

    def claim(self, session: Session, sender: int, terms: Terms) -> Claim | Wait | Over:
        with told(self._place), self._engine.begin() as connection:
            return claims.claim(connection, session, sender, terms, self.clock.now(), self._owner)

    def settle(
        self, claim: Claim, result: Arrived | Outcome, terms: Terms, give_up: StopSignal
    ) -> AttemptStatus | None:
        """Write what came of it, as often as it takes: the message is out already.

        `give_up` ends that when the database stays away; the attempt is 'unknown' then.
        """
        while True:
            try:
                with self._engine.begin() as connection:
                    now = self.clock.now()
                    return settling.settle(connection, claim, result, terms, now)
            except DBAPIError as error:
                log.warning("what came of %s cannot be written yet: %s", claim.id, error.orig)
                if self.clock.wait(give_up, SETTLE_AGAIN):
                    with told(self._place):
                        raise

    def give_back(self, claim: Claim) -> bool:
        """It was not sent: as if it had never been claimed. False: it was not ours any more."""
        with told(self._place), self._engine.begin() as connection:
            return settling.give_back(connection, claim, self.clock.now())

    def keep(self, held: Iterable[str], lease: timedelta) -> set[str]:
        """Extend these leases; returns those that are still held."""
        with told(self._place), self._engine.begin() as connection:
            return leases.extend(connection, held, self.clock.now() + lease)

    def reap(self, group: str) -> int:
        """Free the tasks of the dead; returns how many."""
        with told(self._place), self._engine.begin() as connection:
            return leases.reap(connection, group, self.clock.now())

    def complete(self, session: Session) -> bool:
        """End the session; False where something came meanwhile."""
        with told(self._place), self._engine.begin() as connection:
            return sessions.complete(connection, session, self.clock.now())

    def block_unreachable(self, session: Session) -> int:
        """Block what no sender may write to; returns how many chats that are."""
        with told(self._place), self._engine.begin() as connection:
            return sessions.block_unreachable(connection, session)

    def block_sender(self, sender: int, cause: Cause) -> None:
        with told(self._place), self._engine.begin() as connection:
            connection.execute(
                senders.update()
                .where(senders.c.id == sender)
                .values(is_blocked=True, block_reason=cause.value)
            )

    def wish(self, group: str) -> Wish:
        """What somebody asked of those who send for the group."""
        with told(self._place), self._engine.connect() as connection:
            found = connection.scalar(select(groups.c.wish).where(groups.c.id == group))
            return Wish(found) if found else Wish.STOP  # the group was deleted

    def now(self) -> datetime:
        return self.clock.now()
