"""What a requester tells while it asks, so that each system can say it in its own words."""

from datetime import datetime
from typing import Protocol, TypeVar

from core.asking.troubles import TemporaryTrouble

About_contra = TypeVar("About_contra", contravariant=True)


class RequestListener(Protocol[About_contra]):
    """Called on the thread that asks; must return at once and must not raise.

    `About` is whatever the system says its requests are about. Times are wall-clock times with a
    time zone, `wait` and `seconds` are seconds.
    """

    def retried(
        self,
        about: About_contra,
        trouble: TemporaryTrouble,
        attempt: int,
        attempts: int,
        wait: float,
    ) -> None:
        """A request failed and is tried again in `wait`: attempt `attempt` of `attempts`."""
        ...

    def silent_until(self, until: datetime, trouble: TemporaryTrouble) -> None:
        """The server asked for silence: nothing is asked until then."""
        ...

    def silence_over(self) -> None: ...

    def outage_began(self, trouble: TemporaryTrouble) -> None:
        """Nothing is answered any more: everything waits for the server."""
        ...

    def outage_waits(self, until: datetime, trouble: TemporaryTrouble) -> None:
        """The outage goes on; the server is asked again at that time."""
        ...

    def outage_over(self, seconds: float) -> None: ...
