"""The built-in vendor of --demo: its market goes on from one command to the next."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.cars.stand_in.catalogue import ENGLISH, RUSSIAN
from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorFaults, VendorServer
from core.errors import UsageError
from core.stand_in.faults import mixed

VARIABLE = "CARS_DEMO"  # "listings=3000 changes=1 brand=en faults=0.1"
_USUAL = {"listings": "3000", "changes": "1", "brand": "en", "faults": "0"}
_CLOCK = "vendor.txt"  # how often things have happened, in the demo's folder
EACH_COMMAND = 60  # changes between two commands


@contextmanager
def demo_vendor(folder: Path, environ: Mapping[str, str] = os.environ) -> Iterator[VendorServer]:
    """Serves until the block ends. What has happened there is kept in `folder` as a number,
    because the same number of happenings always gives the same market."""
    given = dict(word.partition("=")[::2] for word in environ.get(VARIABLE, "").split())
    options = {**_USUAL, **given}
    try:
        market = Market(
            int(options["listings"]),
            brand=RUSSIAN if options["brand"] == "ru" else ENGLISH,
        )
        faults = VendorFaults(
            changes_per_request=float(options["changes"]),
            changes_limit=20 * EACH_COMMAND,
            shares=mixed(float(options["faults"])),
        )
    except ValueError:
        raise UsageError(f"{VARIABLE}: {environ.get(VARIABLE)}") from None
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / _CLOCK
    market.happen(int(clock.read_text()) + EACH_COMMAND if clock.exists() else EACH_COMMAND)
    with VendorServer(market, faults=faults) as server:
        try:
            yield server
        finally:
            clock.write_text(str(market.next_change - market.first_change))
