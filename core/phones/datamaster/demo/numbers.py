"""Made-up phone numbers and the ways in which people write them.

Only ranges that are allocated to nobody are used (after +7): 907, 935, 943-948, 957, 972-976.
phonenumbers 9.0.43 calls every number in them valid, so what a run has to reject is made
otherwise: too short, too long, or no number at all.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass

from core.stand_in.streams import stream

RANGES = (907, 935, 943, 944, 945, 946, 947, 948, 957, 972, 973, 974, 975, 976)
PER_RANGE = 10_000_000
ALL_NUMBERS = len(RANGES) * PER_RANGE

# Prime and not a divisor of ALL_NUMBERS: neighbours in the universe are far apart as numbers.
_SPREAD = 48_271_009

# What turns a place in the spread universe into an 11-digit number, by range.
_OFFSETS = [
    70_000_000_000 + code * PER_RANGE - place * PER_RANGE for place, code in enumerate(RANGES)
]

BLOCK = 1000  # records drawn together: the documented page, so that a page is mostly one block
REJECTED = -1

_PLAIN_SHARE = 0.88
_UNIT = 1 << 16
_REGULARS = 40


def national_number(index: int) -> int:
    """The ten digits after +7 of number `index` of the universe (0 <= index < ALL_NUMBERS)."""
    spread = index * _SPREAD % ALL_NUMBERS
    return _OFFSETS[spread // PER_RANGE] + spread - 70_000_000_000


def e164(index: int) -> str:
    """The number as a collector must store it."""
    return f"+7{national_number(index)}"


def _spaced(n: str) -> str:
    return f"{n[:3]} {n[3:6]} {n[6:8]} {n[8:]}"


def _bracketed(n: str) -> str:
    return f"({n[:3]}) {n[3:6]}-{n[6:8]}-{n[8:]}"


_FORMS: tuple[Callable[[str], str], ...] = (
    lambda n: f"8{n}",
    lambda n: f"+7{n}",
    lambda n: n,
    lambda n: f"+7 {_bracketed(n)}",
    lambda n: f"8 {_bracketed(n)}",
    lambda n: f"+7 {_spaced(n)}",
    lambda n: f"8-{n[:3]}-{n[3:6]}-{n[6:]}",
    lambda n: f" 7{n} ",
    lambda n: f"+7\u00a0{_spaced(n)}",
    lambda n: f"+8{n}",
)

# The third is a length that exists in the numbering plan, so it is 'possible' but never 'valid'.
_BAD_FORMS: tuple[Callable[[str], str], ...] = (
    lambda n: f"7{n[:6]}",
    lambda n: f"7{n}34",
    lambda n: f"7{n}3400",
    lambda _: "номер скрыт",
    lambda n: f"тел. {n[:3]}",
    lambda _: "не указан",
)


@dataclass(frozen=True, slots=True)
class Draws:
    """A stretch of a project's records, in the order in which they came to be."""

    indexes: list[int]  # of the number in the universe, or REJECTED
    raws: list[str]  # as the API gives it
    jitters: list[int]  # 16 random bits a record, for its time


@dataclass(frozen=True, slots=True)
class NumberSource:
    """Draws the numbers of any stretch of any project, without knowing the others.

    `universe` is how many different numbers there are to draw from; `repeat_share` of the records
    repeat an earlier one of the project, `rejected_share` cannot be valid numbers.
    """

    seed: int
    universe: int
    repeat_share: float
    rejected_share: float

    def draw(self, project: int, block: int, count: int, edition: int = 0) -> Draws:
        """The first `count` records of a block of at most BLOCK; fewer are a prefix of more."""
        words = array("Q")
        words.frombytes(stream(self.seed, project, block, edition).randbytes(8 * count))
        universe = self.universe
        indexes = [(word & 0xFFFFFFFF) % universe for word in words]
        spreads = [index * _SPREAD % ALL_NUMBERS for index in indexes]
        raws = [str(_OFFSETS[spread // PER_RANGE] + spread) for spread in spreads]
        kinds = [word >> 32 & 0xFFFF for word in words]
        self._vary(project, indexes, raws, kinds, words)
        return Draws(indexes, raws, [word >> 48 for word in words])

    def _vary(
        self,
        project: int,
        indexes: list[int],
        raws: list[str],
        kinds: list[int],
        words: "array[int]",
    ) -> None:
        """Turn some of the plain records into rejected, repeated and oddly written ones."""
        rejected = int(self.rejected_share * _UNIT)
        repeated = rejected + int(self.repeat_share * _UNIT)
        odd = repeated + int((1 - _PLAIN_SHARE) * (_UNIT - repeated))
        for position, kind in enumerate(kinds):
            if kind >= odd:
                continue
            choice = words[position] >> 20 & 0xFFF
            if kind < rejected:
                form = _BAD_FORMS[choice % len(_BAD_FORMS)]
                raws[position] = form(str(national_number(indexes[position])))
                indexes[position] = REJECTED
            elif kind < repeated:
                if choice % 2 and position:
                    earlier = choice % position
                    indexes[position] = indexes[earlier]
                    raws[position] = raws[earlier]
                else:
                    # A few numbers that come again on any page of the project, not only on this.
                    regular = (project * 7919 + choice % _REGULARS) % self.universe
                    indexes[position] = regular
                    raws[position] = f"7{national_number(regular)}"
            else:
                form = _FORMS[choice % len(_FORMS)]
                raws[position] = form(str(national_number(indexes[position])))
