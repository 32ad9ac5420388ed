"""What changes in the made-up account from one generation to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.phones.datamaster.demo.layout import Generation, Layout
from core.phones.datamaster.demo.sizes import share_out
from core.stand_in.streams import mix, stream

_GROWTH, _PRODUCTIVE = 201, 202


@dataclass(frozen=True, slots=True)
class Growth:
    """Exactly `records` new records, and where they go.

    `projects_share` of the old projects take part, and every new one. The productive projects
    (`productive_share` of all, the same ones every time) always do and bring `productive_part` of
    the records. `edits` records in the middle of projects become other numbers and `removals`
    disappear, each in a project of its own with at least three records, as far as there are such.
    """

    records: int = 0
    projects_share: float = 0.3
    productive_share: float = 0.1
    productive_part: float = 0.9
    new_projects: int = 0
    new_clients: int = 0
    edits: int = 0
    removals: int = 0


def is_productive(seed: int, project: int, share: float) -> bool:
    """Whether a project (by index) is one of those that bring most of what is new."""
    return mix(seed, _PRODUCTIVE, project) < share * 2**64


def grown(layout: Layout, growth: Growth) -> Layout:
    """The layout of the next generation."""
    later = replace(
        layout,
        clients=layout.clients + growth.new_clients,
        projects=layout.projects + growth.new_projects,
        adopted=_adopted(layout, growth),
    )
    changed = _middles(layout, growth.edits + growth.removals)
    generation = Generation(
        added=_added(layout, later, growth),
        edited=dict(changed[: growth.edits]),
        removed=dict(changed[growth.edits :]),
    )
    return replace(later, history=(*layout.history, generation))


def _adopted(layout: Layout, growth: Growth) -> Mapping[int, tuple[int, ...]]:
    """Owners of the new projects: each new client gets one first, the rest fall anywhere."""
    owners = {client: list(some) for client, some in layout.adopted.items()}
    clients = layout.clients + growth.new_clients
    for number in range(growth.new_projects):
        project = layout.projects + number
        if number < growth.new_clients:
            owner = layout.clients + number
        else:
            owner = mix(layout.seed, _GROWTH, project) % clients
        owners.setdefault(owner, []).append(project)
    return {client: tuple(some) for client, some in owners.items()}


def _added(layout: Layout, later: Layout, growth: Growth) -> Mapping[int, int]:
    if not growth.records:
        return {}
    draws = stream(layout.seed, _GROWTH, layout.generation + 1)
    productive, others = [0.0] * later.projects, [0.0] * later.projects
    for project in range(later.projects):
        takes_part = draws.random() < growth.projects_share or project >= layout.projects
        if is_productive(layout.seed, project, growth.productive_share):
            productive[project] = 1.0
        elif takes_part:
            others[project] = 1.0
    if not any(productive) and not any(others):  # a small account where chance chose nobody
        others = [1.0] * later.projects
    of_productive = round(growth.records * growth.productive_part) if any(productive) else 0
    if not any(others):
        of_productive = growth.records if any(productive) else 0
    counts = [0] * later.projects
    for total, weights in (
        (of_productive, productive),
        (growth.records - of_productive, others),
    ):
        if total:
            for project, count in enumerate(share_out(total, weights)):
                counts[project] += count
    return {project: count for project, count in enumerate(counts) if count}


def _middles(layout: Layout, wanted: int) -> list[tuple[int, tuple[int, ...]]]:
    """`wanted` projects, spread over all, each with the record in its middle."""
    if not wanted:
        return []
    large = [project for project in range(layout.projects) if layout.born(project) >= 3]
    chosen = large[:: max(1, len(large) // wanted)][:wanted]
    # A record that is gone already cannot change: take the next one that is there.
    result: list[tuple[int, tuple[int, ...]]] = []
    for project in chosen:
        gone = layout.gone(project)
        middle = layout.born(project) // 2
        serial = next((s for s in range(middle, layout.born(project)) if s not in gone), middle)
        result.append((project, (serial,)))
    return result
