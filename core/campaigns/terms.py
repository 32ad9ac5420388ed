"""How a group sends: the general settings, with those of its own in their place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from core.campaigns.sending.limits import Limits
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.sending.texts import Order
from core.campaigns.settings import CampaignSettings, own_values
from core.campaigns.storage.claims import Terms


def settings_of(settings: CampaignSettings, own: Mapping[str, str]) -> CampaignSettings:
    """Raises UsageError where the group's own settings are wrong."""
    return replace(settings, **own_values(own))


def terms_of(settings: CampaignSettings) -> Terms:
    """What a claim needs to know of a group's settings."""
    return Terms(
        limits=Limits(
            settings.max_per_hour, settings.group_max_per_hour, settings.delay_randomness
        ),
        order=Order(settings.message_order),
        last_line=settings.last_line,
        cycle_delay=settings.cycle_delay,
        lease=timedelta(seconds=settings.lease_seconds),
    )


def quiet_of(settings: CampaignSettings) -> QuietHours | None:
    if settings.quiet_hours is None:
        return None
    return QuietHours(*settings.quiet_hours, settings.quiet_zone)
