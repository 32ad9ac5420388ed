"""Senders in the database, and which groups they send for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.campaigns.sending.line import Sender
from core.campaigns.storage.cipher import Cipher
from core.campaigns.storage.tables import group_senders, senders
from core.errors import UsageError
from core.i18n import _
from core.settings.secret import Secret


class NoSuchSender(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no sender {name}.").format(name=name),
            _("'campaigns senders list' shows them all."),
        )


def store_sender(
    connection: Connection, cipher: Cipher, name: str, token: Secret, proxy: Secret, username: str
) -> int:
    """Add a sender, or give one of this name a new token, which unblocks it; returns its id."""
    values = {
        "token": cipher.lock(token),
        "proxy": cipher.lock(proxy) if proxy else None,
        "bot_username": username or None,
        "is_active": True,
        "is_blocked": False,
        "block_reason": None,
    }
    known = connection.scalar(select(senders.c.id).where(senders.c.name == name))
    if known is not None:
        connection.execute(update(senders).where(senders.c.id == known).values(**values))
        return int(known)
    added = insert(senders).values(name=name, **values).returning(senders.c.id)
    return int(connection.execute(added).scalar_one())


def remove_sender(connection: Connection, name: str) -> None:
    """Raises NoSuchSender."""
    if not connection.execute(delete(senders).where(senders.c.name == name)).rowcount:
        raise NoSuchSender(name)


def add_to_group(connection: Connection, group: str, names: Sequence[str]) -> None:
    """Let these senders send for the group. Raises NoSuchSender."""
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for name in names:
        sender = connection.scalar(select(senders.c.id).where(senders.c.name == name))
        if sender is None:
            raise NoSuchSender(name)
        connection.execute(
            insert_(group_senders).values(group_id=group, sender_id=sender).on_conflict_do_nothing()
        )


def senders_of(
    connection: Connection, cipher: Cipher, group: str | None = None, *, working: bool = True
) -> list[Sender]:
    """The senders of a group (None: all), those that rested longest first.

    `working` leaves out those that Telegram refused or that were switched off.
    """
    query = select(senders).order_by(senders.c.next_at.nulls_first(), senders.c.id)
    if group is not None:
        query = query.join(group_senders).where(group_senders.c.group_id == group)
    if working:
        query = query.where(senders.c.is_active, ~senders.c.is_blocked)
    return [
        Sender(
            row.id,
            row.name,
            cipher.unlock(row.token),
            cipher.unlock(row.proxy) if row.proxy else Secret(),
        )
        for row in connection.execute(query)
    ]


def count_senders(connection: Connection, group: str) -> int:
    """How many may send for the group now."""
    found = connection.scalar(
        select(func.count())
        .select_from(senders)
        .join(group_senders)
        .where(group_senders.c.group_id == group, senders.c.is_active, ~senders.c.is_blocked)
    )
    return int(found or 0)


def sender_rows(connection: Connection) -> Sequence[Row[Any]]:
    """All senders as they stand, without secrets."""
    return connection.execute(
        select(
            senders.c.id,
            senders.c.name,
            senders.c.bot_username,
            senders.c.proxy.is_not(None).label("has_proxy"),
            senders.c.is_active,
            senders.c.is_blocked,
            senders.c.block_reason,
            senders.c.next_at,
        ).order_by(senders.c.name)
    ).all()
