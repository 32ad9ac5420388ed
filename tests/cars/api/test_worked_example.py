"""The example in docs/cars.md, as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.cars.api.conftest import TOKEN, Cars, Serve

PAGE = Path(__file__).parents[3] / "docs" / "cars.md"


def test_the_worked_example_of_the_page(cars: Cars, serve: Serve) -> None:
    cars.fill(700)
    api = serve(cars)
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CARS_TOKEN": TOKEN, "CARS_URL": api.url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    *offers, last = done.stdout.splitlines()
    assert last == f"{len(cars.on_sale)} listings on sale"
    prices = sorted(
        row["price"]
        for row in cars.on_sale
        if row["price"] and (row["mark"] or "").casefold() == "toyota" and row["body_type"] == "suv"
    )
    assert [int(line.split()[0]) for line in offers] == prices[:5]
