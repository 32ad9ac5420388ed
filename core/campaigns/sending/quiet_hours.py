"""Hours in which nothing is sent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of each day by the clocks of `zone`; it may pass midnight."""

    begin: time
    end: time
    zone: tzinfo

    def cover(self, moment: datetime) -> bool:
        """Whether the moment (with a time zone) lies in the quiet hours."""
        now = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def end_after(self, moment: datetime) -> datetime:
        """When it may go on: the moment itself outside the quiet hours.

        Where the clocks skip the end (summer time begins) it is up to an hour later than need
        be, never too early. Where they show it twice it is the first time that lies ahead.
        """
        if not self.cover(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        end = datetime.combine(day, self.end, self.zone)
        # In UTC: within one zone Python compares what the clocks show.
        if end.astimezone(moment.tzinfo) <= moment:
            end = end.replace(fold=1)
        return end.astimezone(moment.tzinfo)
