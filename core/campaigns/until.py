"""`--until HH:MM`: a time of day as a moment."""

from datetime import datetime, timedelta

from core.campaigns.settings import CampaignSettings
from core.errors import UsageError
from core.i18n import _
from core.settings.kinds import TimeOfDay


def until_moment(text: str | None, settings: CampaignSettings, now: datetime) -> datetime | None:
    """The next time that the clocks of the group show it. Raises UsageError."""
    if text is None:
        return None
    try:
        wanted = TimeOfDay().read(text)
    except ValueError:
        raise UsageError(_("--until takes a time such as 18:30.")) from None
    local = now.astimezone(settings.quiet_zone)
    moment = datetime.combine(local.date(), wanted, settings.quiet_zone)
    if moment.astimezone(now.tzinfo) <= now:
        moment = datetime.combine(local.date() + timedelta(days=1), wanted, settings.quiet_zone)
    return moment.astimezone(now.tzinfo)
