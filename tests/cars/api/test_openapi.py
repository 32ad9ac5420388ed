"""The running server answers as its OpenAPI says, whatever is asked of it."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.cars.api.conftest import TOKEN, Cars, Serve


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_schemathesis_finds_nothing(cars: Cars, serve: Serve, tmp_path: Path) -> None:
    cars.fill(200)
    api = serve(cars)
    # That a cursor belongs to its sort and excludes a page is no matter of OpenAPI: values that fit
    # the description may be refused there, and there only.
    for only in (
        ("--exclude-path", "/offers"),
        ("--include-path", "/offers", "--exclude-checks", "positive_data_acceptance"),
    ):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
                *("--header", f"Authorization: Bearer {TOKEN}", *only),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", "40"),
                *("--seed", "1", "--checks", "all", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_every_column_is_described(cars: Cars, serve: Serve) -> None:
    schema = requests.get(f"{serve(cars).url}/openapi.json", timeout=60).json()
    offer = schema["components"]["schemas"]["Offer"]["properties"]
    assert all(one.get("description") for one in offer.values())
    parameters = schema["paths"]["/offers"]["get"]["parameters"]
    assert len(parameters) == 26
    assert all(one.get("description") for one in parameters)
