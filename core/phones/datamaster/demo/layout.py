"""Who owns which project and how many records it has, in each generation of the data."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from core.phones.datamaster.demo.sizes import project_sizes, projects_of_clients
from core.phones.datamaster.demo.timeline import Segment, segment
from core.stand_in.streams import mix, stream

Order = Literal["append", "prepend", "mixed"]

# What a draw is for, so that draws for different purposes do not depend on each other.
_CLIENTS, _SIZES, _START, _ORDER = range(101, 105)


@dataclass(frozen=True, slots=True)
class Generation:
    """What one growth brought; projects are meant by index, records by serial."""

    added: Mapping[int, int]  # how many records, by project
    edited: Mapping[int, tuple[int, ...]]  # records whose number became another
    removed: Mapping[int, tuple[int, ...]]  # records that are no longer given


@dataclass(frozen=True, slots=True)
class Layout:
    """Clients and projects by index (from 0), records by serial (0 is a project's oldest).

    Holds a number or two a project and nothing a record.
    """

    seed: int
    order: Order
    clients: int
    projects: int
    first_sizes: "array[int]"  # records of the projects of generation 0
    first_owned: "array[int]"  # by client of generation 0: its first project, and an end
    adopted: Mapping[int, tuple[int, ...]]  # projects that came later, by client
    history: tuple[Generation, ...] = ()

    @property
    def generation(self) -> int:
        return len(self.history)

    def projects_of(self, client: int) -> list[int]:
        """The client's projects, old ones first."""
        first = self.first_owned
        owned = list(range(first[client], first[client + 1])) if client + 1 < len(first) else []
        return owned + list(self.adopted.get(client, ()))

    def born(self, project: int) -> int:
        """How many records the project ever had."""
        first = self.first_sizes[project] if project < len(self.first_sizes) else 0
        return first + sum(one.added.get(project, 0) for one in self.history)

    def gone(self, project: int) -> set[int]:
        """The records that are no longer given."""
        return {serial for one in self.history for serial in one.removed.get(project, ())}

    def editions(self, project: int) -> dict[int, int]:
        """The generation in which a record got its number, for those that were edited."""
        return {
            serial: generation
            for generation, one in enumerate(self.history, start=1)
            for serial in one.edited.get(project, ())
        }

    def segments(self, project: int) -> list[Segment]:
        """The project's records by the generation in which they came, oldest first."""
        counts = [self.first_sizes[project] if project < len(self.first_sizes) else 0]
        counts += [one.added.get(project, 0) for one in self.history]
        parts = []
        first = 0
        for generation, count in enumerate(counts):
            if count:
                draw = mix(self.seed, _START, project)
                parts.append(segment(first, count, generation, draw))
                first += count
        return parts

    def serials(self, project: int, low: int = 0, high: int | None = None) -> Sequence[int]:
        """The given records from `low` to before `high`, in the order in which pages show them."""
        high = self.born(project) if high is None else high
        ascending: Sequence[int] = range(low, high)
        gone = self.gone(project)
        if gone:
            ascending = [serial for serial in ascending if serial not in gone]
        return ascending[::-1] if self._newest_first(project) else ascending

    def _newest_first(self, project: int) -> bool:
        if self.order == "mixed":
            return bool(mix(self.seed, _ORDER, project) % 2)
        return self.order == "prepend"


def first_layout(seed: int, order: Order, clients: int, projects: int, records: int) -> Layout:
    """Generation 0. ValueError where records have no project or projects no client."""
    owned = projects_of_clients(stream(seed, _CLIENTS), clients, projects)
    return Layout(
        seed=seed,
        order=order,
        clients=clients,
        projects=projects,
        first_sizes=project_sizes(stream(seed, _SIZES), projects, records),
        first_owned=array("q", accumulate(owned, initial=0)),
        adopted={},
    )
