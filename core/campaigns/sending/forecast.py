"""How long the rest of a session takes by the limits."""

from datetime import datetime, timedelta

from core.campaigns.sending.limits import HOUR, Limits
from core.campaigns.sending.quiet_hours import QuietHours


def seconds_left(
    messages: int,
    senders: int,
    limits: Limits,
    *,
    now: datetime,
    quiet: QuietHours | None = None,
) -> float | None:
    """Until the last of so many messages, quiet hours included; None where nobody sends."""
    if not messages:
        return 0.0
    if not senders:
        return None
    a_hour = senders * limits.max_per_hour
    if limits.group_max_per_hour:
        a_hour = min(a_hour, limits.group_max_per_hour)
    working = HOUR / a_hour * messages
    if quiet is None:
        return working.total_seconds()
    moment = now
    while working > timedelta(0):
        moment = quiet.end_after(moment)
        step = min(working, timedelta(minutes=10))
        moment += step
        working -= step
    return (moment - now).total_seconds()
