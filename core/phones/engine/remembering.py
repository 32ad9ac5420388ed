"""What a finished reading leaves for the next one.

Only a reading that began and ended in one session is remembered. After an interrupted one
the older memory stands: it is true of the part that it speaks of, and the next quick read
starts where that ended.
"""

from core.phones.engine.landmarks import Landmarks
from core.phones.storage.project_memory import NewAt, ProjectMemory


def after_full(landmarks: Landmarks, records: int) -> ProjectMemory:
    """Every page was read, from the first to the last."""
    size = landmarks.page_size
    if not size:
        return ProjectMemory(records)
    return ProjectMemory(records, size, landmarks.head, landmarks.tail, landmarks.new_at)


def after_tail(landmarks: Landmarks, records: int, before: ProjectMemory) -> ProjectMemory | None:
    """The old tail stood in its place; `landmarks` are of the pages from there on.

    None where their lengths show that page numbers changed their meaning meanwhile.
    """
    if not landmarks.regular(before.page_size):
        return None
    grown = records > before.records
    return ProjectMemory(
        records=records,
        page_size=before.page_size,
        head=before.head,
        tail=landmarks.tail,
        # One at the end makes no END of a project whose new records came at the front.
        new_at=NewAt.END if grown and before.new_at is not NewAt.FRONT else NewAt.UNKNOWN,
        quick_reads=before.quick_reads + 1,
    )


def after_head(
    landmarks: Landmarks, found: int, before: ProjectMemory, *, counted: bool
) -> ProjectMemory:
    """The old head came after `found` records; `counted`: and the number of all fits."""
    return ProjectMemory(
        records=before.records + found,
        page_size=before.page_size,
        head=landmarks.head,
        tail=before.tail,
        new_at=NewAt.FRONT if found else NewAt.UNKNOWN,
        quick_reads=before.quick_reads + 1,
        head_reads=0 if counted else before.head_reads + 1,
    )
