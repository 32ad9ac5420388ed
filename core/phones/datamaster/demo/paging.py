"""Which records a page holds: cut into pages of one size, and what some servers do to that."""

from collections.abc import Sequence

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.stand_in.streams import mix

_SHORT, _LEFT_OUT = 401, 402


def serials_of_page(
    dataset: DemoDataset, project: int, page: int, page_size: int, faults: Faults
) -> Sequence[int]:
    """The records of page `page` (from 1) in the server's order; KeyError: no such project."""
    serials = dataset.serials(project)
    if faults.repeats_last_page:
        page = min(page, max(1, -(-len(serials) // page_size)))
    first = (page - 1) * page_size
    cut = serials[first : first + page_size]
    return cut[_left_out(project, page, len(cut), faults) :]


def given_serials(
    dataset: DemoDataset, project: int, page_size: int, faults: Faults
) -> Sequence[int]:
    """All records that a project's pages hold, in their order, each once."""
    pages = -(-len(dataset.serials(project)) // page_size)
    return [
        serial
        for page in range(1, pages + 1)
        for serial in serials_of_page(dataset, project, page, page_size, faults)
    ]


def _left_out(project: int, page: int, length: int, faults: Faults) -> int:
    """How many records the server filters out of a page after it was cut."""
    if (project, page) in faults.short_pages:
        return faults.short_pages[project, page]
    chance = mix(faults.seed, _SHORT, project, page) / 2**64
    if chance >= faults.short_share:
        return 0
    most = max(1, min(29, length - 1))
    return min(length, 1 + mix(faults.seed, _LEFT_OUT, project, page) % most)
