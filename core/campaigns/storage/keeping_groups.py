"""Groups in the database: their own settings, messages, and what is asked of their senders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, text, update

from core.campaigns.storage.tables import groups, messages, tasks
from core.campaigns.words import TaskStatus, Wish
from core.errors import UsageError
from core.i18n import _


class NoSuchGroup(UsageError):
    def __init__(self, group: str) -> None:
        super().__init__(
            _("There is no group {name}.").format(name=group),
            _("'campaigns groups list' shows them all, 'campaigns groups create' makes one."),
        )


def create_group(connection: Connection, group: str, now: datetime) -> None:
    """Raises UsageError where there is one of this name."""
    if connection.scalar(select(exists().where(groups.c.id == group))):
        raise UsageError(_("There is a group {name} already.").format(name=group))
    connection.execute(insert(groups).values(id=group, settings={}, created_at=now))


def need_group(connection: Connection, group: str) -> None:
    """Raises NoSuchGroup."""
    if not connection.scalar(select(exists().where(groups.c.id == group))):
        raise NoSuchGroup(group)


def own_settings(connection: Connection, group: str) -> dict[str, str]:
    """The group's own settings as they were given, by name. Raises NoSuchGroup."""
    need_group(connection, group)
    found = connection.scalar(select(groups.c.settings).where(groups.c.id == group))
    return dict(found or {})


def change_settings(connection: Connection, group: str, changes: Mapping[str, str]) -> None:
    """Set each, or give it back to the general setting where it is empty."""
    settings = {**own_settings(connection, group), **changes}
    kept = {name: value for name, value in settings.items() if value}
    connection.execute(update(groups).where(groups.c.id == group).values(settings=kept))


def ask(connection: Connection, group: str, wish: Wish) -> None:
    """Ask something of whoever sends for the group, on whatever computer. Raises NoSuchGroup."""
    need_group(connection, group)
    connection.execute(update(groups).where(groups.c.id == group).values(wish=wish.value))


def delete_group(connection: Connection, group: str) -> None:
    """With its chats, messages and attempts; opt-outs and the log of what was sent stay.

    Raises NoSuchGroup, and UsageError while somebody sends for it.
    """
    need_group(connection, group)
    need_idle(connection, group)
    connection.execute(delete(groups).where(groups.c.id == group))


def need_idle(connection: Connection, group: str) -> None:
    """Raises UsageError while a message of the group is under way."""
    busy = exists().where(tasks.c.group_id == group, tasks.c.status == TaskStatus.IN_PROGRESS.value)
    if connection.scalar(select(busy)):
        raise UsageError(
            _("Somebody is sending for {group}.").format(group=group),
            _("Stop it first: campaigns stop {group}.").format(group=group),
        )


def all_groups(connection: Connection) -> Sequence[Row[Any]]:
    """Each group with its numbers, as in the view group_stats."""
    return connection.execute(text("SELECT * FROM group_stats ORDER BY group_id")).all()


def add_message(connection: Connection, group: str, words: str) -> bool:
    """Add a message to the group; False where it has the same one already."""
    same = exists().where(messages.c.group_id == group, messages.c.text == words)
    if connection.scalar(select(same)):
        return False
    connection.execute(insert(messages).values(group_id=group, text=words))
    return True


def messages_of(connection: Connection, group: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(messages).where(messages.c.group_id == group).order_by(messages.c.id)
    ).all()
