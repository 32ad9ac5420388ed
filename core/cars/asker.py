"""Asks the vendor: turns, retries, outages, and the long wait for what still fails."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from core.asking.limiter import Stopped
from core.asking.requester import OutageTooLong, Requester
from core.asking.troubles import Refused, TemporaryTrouble, TokenRejected
from core.cars.errors import CursorUnknown, FeedWentBack, KeyRefused, VendorAway
from core.cars.listener import Listener
from core.cars.listings import Data
from core.cars.vendor.answers import ChangesPage, CursorWentBack, OffersPage
from core.cars.vendor.client import NotFound, Vendor
from core.clock import Clock
from core.stop import StopSignal

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class LongRetries:
    """`times` tries, `seconds` apart, of what the usual retries did not bring."""

    times: int
    seconds: float


class Fails(Exception):
    """All tries were used up."""

    def __init__(self, tries: int, reason: str) -> None:
        super().__init__(reason)
        self.tries = tries
        self.reason = reason


class Asker:
    """For one thread at a time. Raises `Stopped`, and UserErrors for what ends everything."""

    def __init__(
        self,
        vendor: Vendor,
        requester: Requester[str],
        retries: LongRetries,
        clock: Clock,
        stop: StopSignal,
        listener: Listener,
    ) -> None:
        self._vendor = vendor
        self._requester = requester
        self._retries = retries
        self._clock = clock
        self._stop = stop
        self._listener = listener

    @property
    def requests(self) -> int:
        """How many were started."""
        return self._requester.requests

    def offers(self, page: int, *, patiently: bool = True) -> OffersPage:
        """A page of `/offers`. Raises Fails; not `patiently` after the usual retries already."""
        about = f"/offers page {page}"
        try:
            return self._long(about, lambda: self._vendor.offers(page), patiently=patiently)
        except NotFound as error:
            raise Fails(1, str(error)) from None

    def changes(self, change_id: int) -> ChangesPage:
        """The feed from `change_id` on."""
        about = f"/changes from {change_id}"
        try:
            return self._long(about, lambda: self._vendor.changes(change_id))
        except NotFound as error:
            raise CursorUnknown(change_id, error.detail) from None
        except CursorWentBack as error:
            raise FeedWentBack(error) from None
        except Fails as error:
            raise VendorAway(f"{about}: {error.reason}") from None

    def change_id(self, day: date) -> int:
        """The first change of `day`."""
        about = f"/change_id of {day}"
        try:
            return self._long(about, lambda: self._vendor.change_id(day))
        except (Fails, NotFound) as error:
            raise VendorAway(f"{about}: {error}") from None

    def offer(self, inner_id: str) -> Data:
        """One listing. Raises NotFound, and Fails after the usual retries."""
        return self._long(
            f"/offer {inner_id}", lambda: self._vendor.offer(inner_id), patiently=False
        )

    def filters(self) -> Data:
        """The values that `/offers` can be filtered by."""
        try:
            return self._long("/filters", self._vendor.filters, patiently=False)
        except (Fails, NotFound) as error:
            raise VendorAway(f"/filters: {error}") from None

    def _long(self, about: str, call: Callable[[], Answer], *, patiently: bool = True) -> Answer:
        attempts = self._retries.times if patiently else 0
        attempt = 0
        while True:
            try:
                return self._once(about, call)
            except NotFound:
                raise
            except (TemporaryTrouble, Refused) as error:
                if attempt >= attempts:
                    raise Fails(attempt + 1, str(error)) from None
                attempt += 1
                log.error("%s still fails (%s), try %d of %d", about, error, attempt, attempts)
                until = self._clock.now() + timedelta(seconds=self._retries.seconds)
                self._listener.tries_again(about, until, attempt, attempts)
                if self._clock.wait(self._stop, self._retries.seconds):
                    raise Stopped from None

    def _once(self, about: str, call: Callable[[], Answer]) -> Answer:
        try:
            return self._requester.ask(about, call, self._vendor.probe)[0]
        except TokenRejected as error:
            raise KeyRefused(error.detail) from None
        except OutageTooLong as error:
            raise VendorAway(error.detail or "outage") from None
