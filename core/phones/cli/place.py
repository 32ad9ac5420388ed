"""`--region` and `--operator`: names of the registry of number ranges as its ids."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from core.errors import UsageError
from core.i18n import _
from core.phones.registry.located import operators, places
from core.phones.registry.words import place_name
from core.phones.reports.catalog import narrowings
from core.phones.reports.names import Narrowing, ReportName
from core.phones.storage.reader import Reader


def chosen_place(database: Path, options: argparse.Namespace) -> tuple[int | None, int | None]:
    """Ids of region and operator, None where none was named.

    Raises UsageError for a report that has no regions, and for names that no stored number has.
    """
    if options.region is None and options.operator is None:
        return None, None
    if Narrowing.PLACE not in narrowings(ReportName(options.report)):
        raise UsageError(
            _("{report} cannot be narrowed by region or operator.").format(report=options.report),
            _("`located` can."),
        )
    with Reader(database) as reader:
        regions = [(place_name(found), found.id) for found in places(reader)]
        owners = [(found.name, found.id) for found in operators(reader)]
    return _find(options.region, regions), _find(options.operator, owners)


def _find(name: str | None, among: Iterable[tuple[str, int]]) -> int | None:
    if name is None:
        return None
    found = {known.casefold(): number for known, number in among}
    if name.casefold() in found:
        return found[name.casefold()]
    like = [number for known, number in found.items() if name.casefold() in known]
    if len(like) == 1:  # a part of a name that only one has
        return like[0]
    raise UsageError(
        _("No stored number, or more than one choice, is of '{name}'.").format(name=name),
        _("`registry` shows the most frequent regions and operators."),
    )
