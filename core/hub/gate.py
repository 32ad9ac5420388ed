"""Who may use the hub: strangers ask once, admins let them in, and can take it back."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.hub.database import users
from core.hub.database.users import Access, User
from core.hub.menu.screen import Choice, Screen
from core.i18n import _


class Gate:
    """Work for the store, but for the words."""

    def __init__(self, admins: frozenset[int]) -> None:
        self.admins = admins

    def admits(self, user: User) -> bool:
        return user.id in self.admins or user.access is Access.ALLOWED

    def stranger(
        self, db: sqlite3.Connection, user: User, text: str, now: datetime
    ) -> tuple[str, bool]:
        """The one sentence for somebody who may not, and whether the admins are to be asked."""
        if user.access is Access.REFUSED:
            return _("You have no access to this bot."), False
        if text.split(maxsplit=1)[:1] == ["/start"] and user.access is Access.NONE:
            first = users.ask_for_access(db, user.id, now)
            return _("Your request went to the administrator; you will be told here."), first
        if user.access is Access.ASKED:
            return _("The administrator has your request; you will be told here."), False
        return _("This bot is for invited people. /start asks for access."), False

    def decide(
        self, db: sqlite3.Connection, admin: User, argument: str, now: datetime
    ) -> tuple[User, bool] | None:
        """An admin pressed 'let in' or 'not': about whom, and whether that changed anything.

        None where the button makes no sense, or he who pressed it is no admin.
        """
        number, _dot, verb = argument.partition(".")
        if admin.id not in self.admins or not number.isdecimal() or verb not in ("in", "out"):
            return None
        access = Access.ALLOWED if verb == "in" else Access.REFUSED
        changed = users.decide(db, int(number), access, admin.id, now)
        user = users.find(db, int(number))
        return None if user is None else (user, changed)


def question(stranger: User) -> Screen:
    """What an admin sees of somebody who asked, whether it is decided or not."""
    name = f"{stranger.full_name or stranger.id}" + (
        f" (@{stranger.username})" if stranger.username else ""
    )
    let_in = Choice(_("Let in"), "let", f"{stranger.id}.in")
    refuse = Choice(_("Refuse"), "let", f"{stranger.id}.out")
    take_back = Choice(_("Take access back"), "let", f"{stranger.id}.out")
    match stranger.access:
        case Access.ALLOWED:
            return Screen(_("{name} may use the hub.").format(name=name), ((take_back,),))
        case Access.REFUSED:
            return Screen(_("{name} may not use the hub.").format(name=name), ((let_in,),))
        case _:
            return Screen(
                _("{name} asks for access to the hub.").format(name=name), ((let_in, refuse),)
            )


def decision(access: Access, was: Access) -> str:
    """What the person hears of it."""
    if access is Access.ALLOWED:
        return _("You have access now.")
    if was is Access.ALLOWED:
        return _("Your access was taken back.")
    return _("The administrator did not give you access.")


def hints() -> Sequence[tuple[str, str]]:
    """The commands, with what Telegram shows beside them."""
    return (
        ("menu", _("the menu")),
        ("status", _("what is running now")),
        ("tasks", _("your tasks")),
        ("cancel", _("leave what was begun")),
        ("help", _("what this bot does")),
    )
