"""What ends a job of the cars, told to a person."""

from core.cars.vendor.answers import CursorWentBack
from core.errors import UserError
from core.i18n import _
from core.own_name import own_name


class KeyRefused(UserError):
    """The vendor does not accept the key: nothing else can work either."""

    def __init__(self, words: str) -> None:
        super().__init__(
            _("The vendor refuses the key: {words}").format(words=words),
            _("Check CHE168_API_KEY, CHE168_ACCESS_NAME and CHE168_API_DOMAIN."),
        )


class VendorAway(UserError):
    """The vendor did not answer for longer than the limit, or one thing fails for ever."""

    def __init__(self, words: str) -> None:
        super().__init__(
            _("The vendor does not answer as agreed: {words}").format(words=words),
            _("Everything stored so far is kept. Run the same command again later."),
        )


class CursorUnknown(UserError):
    """The vendor does not know our place in the feed any more."""

    def __init__(self, change_id: int, words: str) -> None:
        super().__init__(
            _("The vendor does not know change {id} any more: {words}").format(
                id=change_id, words=words
            ),
            _(
                "Find out what was missed with {program} cars reconcile, then go on from a day "
                "with {program} cars update --since YYYY-MM-DD."
            ).format(program=own_name()),
        )


class FeedWentBack(UserError):
    """The feed led backwards; following it would never end."""

    def __init__(self, error: CursorWentBack) -> None:
        super().__init__(
            _("The vendor's feed leads back from change {asked} to {given}.").format(
                asked=error.asked, given=error.given
            ),
            _("Nothing was lost. Run the same command again later; if it stays, tell the vendor."),
        )
