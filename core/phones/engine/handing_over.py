"""From a page that was read to the writer: its records, how to go on after it, and at the end of a
reading what is remembered of the project."""

from functools import partial

from core.phones.engine import remembering
from core.phones.engine.marks import to_marks
from core.phones.engine.normalizing import sort_page
from core.phones.engine.session import Session
from core.phones.engine.walk import Ending, Walk
from core.phones.storage.pages import PageToStore
from core.phones.storage.project_memory import ProjectMemory, Reading
from core.phones.upstream import Page
from core.turns import computing


def hand_over(
    session: Session,
    walk: Walk,
    page: Page,
    ending: Ending | None,
    next_page: int | None = None,
) -> None:
    """Hand over `page`, which `walk` has passed; with `next_page` the walk goes on there."""
    task = walk.task
    with computing:
        sorted_page = sort_page(page, session.settings.accept, session.forgotten)
    session.forecast.page_read(task.client_id)
    if ending is not None:
        session.forecast.project_finished(task.client_id)
    memory = None if ending is None else _memory(walk, ending)
    records = walk.records
    if ending is not None and ending.found is not None and task.memory is not None:
        records = task.memory.records + ending.found
    number = walk.number - 1
    walk.held.append(
        PageToStore(
            project_id=task.project_id,
            length=len(page),
            phones=sorted_page.phones,
            raws=sorted_page.raws,
            created=sorted_page.created,
            rejected=sorted_page.rejected,
            forgotten=sorted_page.forgotten,
            next_page=next_page or number + 1,
            done=ending is not None,
            request=walk.previous_span.answered,
            records=records,
            end_assumed=ending is not None and ending.assumed,
            first=number == 1 and next_page is None,
            reading=walk.reading,
            counted=walk.counted,
            complete=ending is None or ending.complete,
            marks=_marks(walk, ending),
            memory=memory,
            stored=partial(walk.report.page_stored, len(page), ending is not None),
        )
    )
    if ending is None and walk.search is not None and walk.search.may_have_begun:
        return  # only the next page tells, and then both are stored
    for waiting in walk.held:
        session.writer.put(waiting)
    walk.held.clear()


def _marks(walk: Walk, ending: Ending | None) -> bytes | None:
    if ending is None:
        return to_marks(walk.repeats.last, walk.landmarks)
    return walk.repeats.last if ending.assumed else None


def _memory(walk: Walk, ending: Ending) -> ProjectMemory | None:
    """What to remember of a reading that ends here; None leaves what was remembered."""
    landmarks, before = walk.landmarks, walk.task.memory
    if landmarks is None or not ending.complete:
        return None
    if ending.found is not None and before is not None:
        counted = walk.counted is not None
        return remembering.after_head(landmarks, ending.found, before, counted=counted)
    if walk.reading is Reading.TAIL and before is not None:
        return remembering.after_tail(landmarks, walk.records, before)
    return remembering.after_full(landmarks, walk.records)
