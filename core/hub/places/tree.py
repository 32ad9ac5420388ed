"""The whole menu, in the order in which it is shown."""

from core.hub.menu.place import Menu
from core.hub.parts import Parts
from core.hub.places import account, blacklist, home, phones, realty, settings, workers


def build_menu(parts: Parts) -> Menu:
    """Every place there is."""
    return Menu(
        [
            *home.places(),
            *account.places(),
            *workers.places(),
            *realty.places(),
            *blacklist.places(),
            *phones.places(),
            *settings.places(),
            *home.commands(),
        ],
        parts,
    )
