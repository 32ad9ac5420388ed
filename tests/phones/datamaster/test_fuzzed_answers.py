"""Whatever comes, it is an answer or a BrokenAnswer, and takes no more memory than it may."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.asking.troubles import BrokenAnswer, Reason
from core.phones.datamaster.answers import (
    MAX_VALUES,
    document,
    error_text,
    read_clients,
    read_page,
    read_projects,
    result_list,
)

ROOT = Path(__file__).parents[3]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(["id", "phone", "created_at", "name", "username", "status", "x"])
ROWS = st.lists(st.dictionaries(KEYS, JSON, max_size=5) | JSON, max_size=5)
ANSWERS = st.fixed_dictionaries(
    {"status": st.just("success")},
    optional={
        "result": ROWS | st.dictionaries(st.sampled_from(["items", "data", "x"]), ROWS) | JSON,
        "error": JSON,
        "message": JSON,
    },
)


def read_everything(body: bytes) -> None:
    """Read `body` in every way; only BrokenAnswer may come out, and only sound values."""
    try:
        answer = document(body)
        assert isinstance(error_text(answer), str)
        rows = result_list(answer)
    except BrokenAnswer:
        return
    for read in (read_clients, read_projects):
        try:
            items = read(rows)
        except BrokenAnswer:
            continue
        assert len(items) + len(items.unreadable) == len(rows)
        assert items or not rows
        for item in items:
            assert 0 < item.id < 2**63
    try:
        page = read_page(rows)
    except BrokenAnswer:
        return
    assert len(page.phones) == len(page.created_at) == len(rows)
    for phone in page.phones:
        assert type(phone) in (str, int)
        str(phone).encode()
        assert len(str(phone)) <= 300
    for date in page.created_at:
        assert date is None or len(date.encode("utf-8")) <= 400


@settings(deadline=None)
@given(ANSWERS)
@example({"status": "success", "result": [{"id": 1, "phone": "\ud800", "created_at": "\x00"}]})
def test_fuzz_answers_of_any_contents(answer: dict[str, Any]) -> None:
    read_everything(json.dumps(answer).encode())
    read_everything(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_fuzz_bytes(body: bytes) -> None:
    read_everything(body)


@settings(deadline=None)
@given(ANSWERS, st.integers(0, 2**32))
def test_fuzz_damaged_answers(answer: dict[str, Any], seed: int) -> None:
    body = bytearray(json.dumps(answer).encode())
    draws = random.Random(seed)
    for _ in range(draws.randrange(1, 4)):
        at = draws.randrange(len(body))
        body[at : at + draws.randrange(3)] = draws.randbytes(draws.randrange(3))
    read_everything(bytes(body))


_PEAK = """
from pathlib import Path
from core.asking.troubles import BrokenAnswer
from core.phones.datamaster.answers import document
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
body = b'{"result":[' + b"{}," * VALUES + b"{}]}"
before = peak()
try:
    document(body)
except BrokenAnswer as error:
    print(error.reason, end=" ")
print(len(body) // 10**6, (peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells the peak")
@pytest.mark.parametrize(
    ("values", "most"), [(MAX_VALUES // 2 - 10, 200), (20_000_000, 10)], ids=["allowed", "60 MB"]
)
def test_what_an_answer_of_empty_objects_takes(values: int, most: int) -> None:
    """In megabytes beside the answer itself: one with too many values is not even read."""
    code = _PEAK.replace("VALUES", str(values))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    *reason, megabytes, taken = done.stdout.split()
    print(f"{megabytes} MB: {taken} MB more")
    assert int(taken) <= most
    assert reason == ([Reason.TOO_LARGE] if values > MAX_VALUES else [])
