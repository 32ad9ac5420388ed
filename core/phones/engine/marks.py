"""What a reading that goes on in a later session must know of the pages before: a column of its
checkpoint.

The digest of the last page, by which it is recognised where it comes again. Of a project of many
pages also what its landmarks were so far: without them a giant that was once interrupted would
not be remembered, and the next quick read would be a full one.
"""

from core.phones.engine.landmarks import Landmarks
from core.phones.engine.repeats import DIGEST

MANY = 3  # pages; what is shorter is soon read again


def to_marks(last: bytes, landmarks: Landmarks | None) -> bytes:
    """For the checkpoint after a page with the digest `last`."""
    if landmarks is None or landmarks.pages < MANY:
        return last
    return last + landmarks.to_bytes()


def last_page(marks: bytes) -> bytes:
    return marks[:DIGEST]


def landmarks_in(marks: bytes) -> Landmarks | None:
    """None where they were not kept."""
    return Landmarks.from_bytes(marks[DIGEST:]) if len(marks) > DIGEST else None
