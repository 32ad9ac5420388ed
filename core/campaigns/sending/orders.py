"""What a worker is to do."""

from dataclasses import dataclass
from datetime import datetime

from core.campaigns.chance import chance
from core.campaigns.sending.limits import HOUR
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.storage.claims import Terms
from core.campaigns.words import Session


@dataclass(frozen=True, slots=True)
class Orders:
    """`until`: nothing is claimed after that moment."""

    session: Session
    terms: Terms
    quiet: QuietHours | None = None
    until: datetime | None = None

    def quiet_until(self, sender: int, now: datetime) -> datetime:
        """When this sender goes on after the quiet hours; `now` outside them.

        Each a part of its first pause later, so that they do not all begin at once.
        """
        if self.quiet is None:
            return now
        end = self.quiet.end_after(now)
        if end == now:
            return now
        pause = HOUR / self.terms.limits.max_per_hour
        return end + pause * chance(self.session.seed, "quiet", sender, end.date())
