"""What a page shows of the server may concern projects that were read before: they are read
further, or again.

Any worker may call what stands here.
"""

import logging
from sqlite3 import Connection

from core.phones.engine.page_ends import Judgement
from core.phones.engine.session import Session
from core.phones.events import Notice, PageSizeLearned
from core.phones.storage import meta
from core.phones.storage.assumed_ends import reopen_ended_on, reopen_unproven, reread_paged

log = logging.getLogger(__name__)


def follow(session: Session, judgement: Judgement) -> None:
    """What a judgement means for projects that were read before this one."""
    if judgement.uneven:
        pages_are_uneven(session)
    reopened = 0
    if judgement.reopen_length is not None:
        length = judgement.reopen_length
        anew = session.page_ends.epoch > 0
        reopened += session.writer.call(
            lambda db: reopen_ended_on(db, session.run, [length], anew=anew)
        )
    if judgement.reread_after is not None:
        window = (judgement.reread_after, session.requester.requests)
        session.rereads.append(window)
        reopened += session.writer.call(lambda db: reread_paged(db, session.run, *window))
    if reopened:
        size = session.page_ends.size
        log.warning(
            "run %d: the server's page size is %d now, %d projects are read further",
            session.run,
            size,
            reopened,
        )
        session.tally.projects_reopened(reopened)
        session.forecast.projects_reopened(reopened)
        session.watcher(PageSizeLearned(size, reopened))


def pages_are_uneven(session: Session) -> None:
    """Keep it for later runs, and read further whatever ended on the length of a page."""
    anew = session.page_ends.epoch > 0

    def keep(db: Connection) -> int:
        meta.set_meta(db, meta.PAGES_UNEVEN, "1")
        return reopen_unproven(db, session.run, anew=anew)

    reopened = session.writer.call(keep)
    log.warning(
        "run %d: pages of different lengths in the middle: each project is asked until a page"
        " is empty, %d are read further",
        session.run,
        reopened,
    )
    session.tally.projects_reopened(reopened)
    session.forecast.projects_reopened(reopened)
    session.tell_once(Notice("pages_uneven"))
