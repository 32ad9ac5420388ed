"""The made-up data: the same every time, exact in size, and of the shape that the real API has."""

import json
import re
from collections import Counter
from datetime import date

import phonenumbers
import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected, expected_of
from core.phones.datamaster.demo.numbers import RANGES


def small(**changes: object) -> DemoDataset:
    options: dict[str, object] = {"seed": 5, "clients": 40, "projects": 90, "records": 20_000}
    return DemoDataset(**(options | changes))  # type: ignore[arg-type]


def rows(dataset: DemoDataset, project_id: int, size: int, day: date | None = None) -> list[dict]:
    result: list[dict] = []
    page = 1
    while part := json.loads(f"[{dataset.page(project_id, page, size, day)}]"):
        result += part
        page += 1
    return result


def everything(dataset: DemoDataset) -> list:
    return [
        dataset.client_rows(),
        [dataset.project_rows(client) for client in dataset.client_ids()],
        [rows(dataset, project, 1000) for project in dataset.project_ids()],
    ]


def test_same_seed_same_data_and_another_seed_other_data():
    assert everything(small()) == everything(small())
    assert everything(small()) != everything(small(seed=6))


def test_page_size_changes_nothing_but_the_cut():
    dataset = small()
    big = max(dataset.project_ids(), key=dataset.size)
    whole = rows(dataset, big, 1000)
    assert len(whole) > 1000
    for size in (1, 137, 500, 1500, 10**6):
        assert rows(dataset, big, size) == whole


def test_sizes_are_exact_skewed_and_hit_the_edges_of_paging():
    dataset = DemoDataset(1, 200, 400, 100_000)
    sizes = [dataset.size(project) for project in dataset.project_ids()]
    assert sum(sizes) == 100_000
    assert {0, 1, 500, 999, 1000, 1001, 1500, 2000} <= set(sizes)
    sizes.sort()
    assert sizes[200] < 100 < 2000 < sizes[-1]
    owned = [len(dataset.project_ids(client)) for client in dataset.client_ids()]
    assert sum(owned) == 400
    assert 0 in owned
    assert max(owned) > 30


@pytest.mark.parametrize(
    ("projects", "records"), [(0, 0), (1, 0), (1, 7), (3, 2), (60, 6000), (60, 15000)]
)
def test_any_size_works(projects: int, records: int):
    dataset = DemoDataset(1, 2, projects, records)
    assert sum(len(rows(dataset, project, 1000)) for project in dataset.project_ids()) == records
    assert expected(dataset).records == records


def test_records_without_projects_are_refused():
    with pytest.raises(ValueError, match="project"):
        DemoDataset(1, 1, 0, 5)
    with pytest.raises(ValueError):
        DemoDataset(1, 0, 5, 5)


def test_expected_totals_agree_with_counting_the_rows_by_the_specification():
    """An own reading of the rows, with phonenumbers itself, comes to the same totals."""
    dataset = small()
    phones, links, rejected = set(), set(), set()
    valid = records = 0
    for project in dataset.project_ids():
        known = {record.raw: record.phone for record in dataset.records(project)}
        for row in rows(dataset, project, 1000):
            records += 1
            phone = normalise(row["phone"])
            assert phone == known[row["phone"]], row
            if phone is None:
                rejected.add((project, row["phone"]))
            else:
                valid += 1
                phones.add(phone)
                links.add((project, phone))
    totals = expected(dataset)
    assert (totals.clients, totals.projects, totals.records) == (40, 90, records)
    assert (totals.valid_records, totals.phones, totals.links) == (valid, len(phones), len(links))
    assert (totals.rejected_records, totals.rejected) == (records - valid, len(rejected))
    assert totals.phone_requests == sum(
        dataset.size(project) // 1000 + 1 for project in dataset.project_ids()
    )
    assert totals.least_requests == 1 + 40 + totals.phone_requests
    # The data must hold what the collector has to cope with, or the totals prove little.
    assert len(phones) < len(links) < valid < records


def normalise(raw: str) -> str | None:
    digits = re.sub(r"\D", "", raw)
    if len(digits) == 11 and digits[0] == "8":
        digits = "7" + digits[1:]
    text = "+" + digits if digits.startswith("7") else digits
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_only_ranges_of_nobody_are_used_and_many_ways_of_writing():
    dataset = small(rejected_share=0.05)
    shapes: Counter[str] = Counter()
    for project in dataset.project_ids():
        for record in dataset.records(project):
            shapes[re.sub(r"\d", "0", record.raw)] += 1
            digits = re.sub(r"\D", "", record.raw)
            if record.phone:
                assert int(record.phone[2:5]) in RANGES
            elif digits:
                assert int(digits.removeprefix("7")[:3]) in RANGES
    assert len(shapes) > 12
    assert shapes["0" * 11] / shapes.total() > 0.8


def test_possible_numbers_are_marked_as_phonenumbers_sees_them():
    dataset = small(rejected_share=0.2)
    refused = {
        record.raw
        for project in dataset.project_ids()
        for record in dataset.records(project)
        if record.phone is None
    }
    verdicts = set()
    for raw in refused:
        digits = re.sub(r"\D", "", raw)
        number = phonenumbers.parse("+" + digits) if len(digits) > 6 else None
        possible = number is not None and phonenumbers.is_possible_number(number)
        verdicts.add(possible)
    assert verdicts == {True, False}


def test_shares_of_rejected_and_repeated_records_are_as_ordered():
    dataset = DemoDataset(2, 10, 20, 60_000, rejected_share=0.05, repeat_share=0.2)
    totals = expected(dataset)
    assert totals.rejected_records / totals.records == pytest.approx(0.05, abs=0.01)
    assert (totals.valid_records - totals.links) / totals.records == pytest.approx(0.2, abs=0.05)
    clean = DemoDataset(2, 10, 20, 6_000, rejected_share=0, repeat_share=0)
    assert expected(clean).rejected_records == 0


def test_rows_have_the_shape_of_the_real_api():
    dataset = DemoDataset(1, 200, 400, 4_000)
    projects = [row for client in dataset.client_ids() for row in dataset.project_rows(client)]
    assert {type(row["id"]) for row in projects} == {int, str}
    assert {"status" in row for row in projects} == {True, False}
    assert {row.get("status") for row in projects} == {0, 1, None}
    assert all(isinstance(row["limit"], int) and row["name"] for row in projects)
    assert len({int(row["id"]) for row in projects}) == 400
    names = [row["username"] for row in dataset.client_rows()]
    assert len(set(names)) < len(names)  # twins
    assert dataset.client_rows()[0]["id"] == 100_001


def test_created_at_grows_with_the_position():
    dataset = small()
    for project in dataset.project_ids():
        times = [record.created_at for record in dataset.records(project)]
        assert times == sorted(times)
        assert all(re.fullmatch(r"202\d-\d\d-\d\d \d\d:\d\d:\d\d", time) for time in times)


def test_date_keeps_exactly_that_days_records():
    dataset = small()
    big = max(dataset.project_ids(), key=dataset.size)
    by_day: dict[str, list] = {}
    for row in rows(dataset, big, 1000):
        by_day.setdefault(row["created_at"][:10], []).append(row)
    assert len(by_day) > 20
    for day, expected_rows in by_day.items():
        assert rows(dataset, big, 3, date.fromisoformat(day)) == expected_rows
    assert rows(dataset, big, 1000, date(2020, 1, 1)) == []
    assert rows(dataset, big, 1000, date(2035, 1, 1)) == []


def test_expected_of_some_clients_without_some_projects():
    dataset = small()
    client = max(dataset.client_ids(), key=lambda one: len(dataset.project_ids(one)))
    owned = dataset.project_ids(client)
    assert len(owned) > 2
    totals = expected_of(dataset, [client], without_projects=owned[:1])
    assert (totals.clients, totals.projects) == (1, len(owned))
    assert totals.records == sum(dataset.size(project) for project in owned[1:])


def test_unknown_ids_are_no_data():
    dataset = small()
    for unknown in (0, 2_000_000, 2_000_091):
        with pytest.raises(KeyError):
            dataset.page(unknown, 1, 1000)
    with pytest.raises(KeyError):
        dataset.project_rows(100_041)
