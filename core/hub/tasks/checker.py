"""Checks of the blacklist: one long request each, told when it is done."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime

from core.hub.chat.painter import Painter, Picture
from core.hub.database import checks, tasks, users
from core.hub.database.checks import Check, CheckStatus
from core.hub.database.store import Store
from core.hub.database.users import Session
from core.hub.gate import Gate
from core.hub.services.all import Services
from core.hub.services.trouble import ServiceTrouble, say
from core.hub.tasks.keeper import SessionFiles
from core.i18n import _, ngettext, speaking

log = logging.getLogger(__name__)

SHOWN_FINDINGS = 30


class Checker:
    """All coroutines belong to the hub's loop."""

    def __init__(
        self,
        store: Store,
        services: Services,
        painter: Painter,
        files: SessionFiles,
        now: Callable[[], datetime],
        gate: Gate,
    ) -> None:
        self._store = store
        self._services = services
        self._painter = painter
        self._files = files
        self._now = now
        self._gate = gate

    async def check(self, number: int) -> None:
        """Ask the service, for up to twenty minutes, and tell what it found."""
        check = await self._store.do(lambda db: checks.find(db, number))
        if check is None:
            return
        log.info("user %s checks a name as check %d", f"{check.user:_}", number)
        path = self._files.path_in_service(check.user, Session.BLACKLIST)
        try:
            found = await self._services.workers.check(check.username, path)
        except ServiceTrouble as error:
            trouble = error
            await self._end(check, CheckStatus.FAILED, lambda: say(trouble))
        else:
            await self._end(check, CheckStatus.DONE, lambda: _findings(found))

    async def after_a_restart(self) -> None:
        """The answers to what was asked before will never arrive."""
        for check in await self._store.do(lambda db: checks.running(db)):
            await self._end(check, CheckStatus.UNKNOWN, _interrupted)

    async def _end(self, check: Check, status: CheckStatus, words: Callable[[], str]) -> None:
        def work(db: sqlite3.Connection) -> tuple[str, str] | None:
            user = users.find(db, check.user)
            language = user.language if user is not None else "ru"
            with speaking(language):
                summary = words()
            if not checks.end(db, check.id, status, summary, self._now()):
                return None
            tasks.begin_telling(db, "checks", check.id)
            listens = user is not None and self._gate.admits(user)
            return (language, summary) if listens else None

        ended = await self._store.do(work)
        if ended is None:
            return
        with speaking(ended[0]):
            title = _("⚫ Check of {name}").format(name=check.username)

        async def gone(well: bool) -> None:
            await self._store.do(lambda db: tasks.told(db, "checks", check.id, well=well))

        picture = Picture(check.user, f"{title}\n{ended[1]}", once=True, silent=False, gone=gone)
        self._painter.show(("check", check.id), picture)


def _findings(found: list[str]) -> str:
    if not found:
        return _("Nothing was found: nobody complains in the chats of the list.")
    count = len(found)
    lines = [
        ngettext("{count} entry was found:", "{count} entries were found:", count).format(
            count=count
        )
    ]
    lines += [f"• {line}" for line in found[:SHOWN_FINDINGS]]
    if count > SHOWN_FINDINGS:
        lines.append("…")
    return "\n".join(lines)


def _interrupted() -> str:
    return _("The hub was restarted before the answer came. Check the name once more.")
