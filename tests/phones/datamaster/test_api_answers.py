"""Reading answers: every shape that is known, and nothing that is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.asking.troubles import BrokenAnswer, Reason
from core.phones import wording
from core.phones.datamaster.answers import (
    MAX_NAME,
    MAX_VALUES,
    document,
    error_text,
    read_clients,
    read_page,
    read_projects,
    result_list,
)
from core.phones.upstream import Client, NotJson, Page, Project

ROOT = Path(__file__).parents[3]


def reason_of(call: Any, *arguments: Any) -> tuple[Reason, str]:
    with pytest.raises(BrokenAnswer) as caught:
        call(*arguments)
    return caught.value.reason, caught.value.detail


# From bytes to an object


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (b"", Reason.NOT_JSON, NotJson.PAGE),
        (b"<html>", Reason.NOT_JSON, NotJson.PAGE),
        (b"null", Reason.UNKNOWN_SHAPE, "the answer is nothing"),
        (b"[]", Reason.UNKNOWN_SHAPE, "the answer is list"),
        (b'"success"', Reason.UNKNOWN_SHAPE, "the answer is text"),
        (b"\xff\xfe{}", Reason.NOT_JSON, NotJson.UTF_16),
        ('{"a":1}'.encode("utf-16"), Reason.NOT_JSON, NotJson.UTF_16),
        ('{"a":1}'.encode("utf-16-le"), Reason.NOT_JSON, NotJson.UTF_16),
        ('{"a":1}'.encode("utf-16-be"), Reason.NOT_JSON, NotJson.UTF_16),
        ('{"a":"ё"}'.encode("utf-16-le"), Reason.NOT_JSON, NotJson.UTF_16),
        ('{"a":"Привет"}'.encode("cp1251"), Reason.NOT_JSON, NotJson.ENCODING),
        (b'{"a":NaN}', Reason.NOT_JSON, NotJson.NO_NUMBER),
        (b'{"a":-Infinity}', Reason.NOT_JSON, NotJson.NO_NUMBER),
        (b'{"a":' + b"9" * 5000 + b"}", Reason.NOT_JSON, NotJson.NO_NUMBER),
        (
            b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
            Reason.UNKNOWN_SHAPE,
            "nested too deeply",
        ),
        (b'{"a":1}{"b":2}', Reason.NOT_JSON, NotJson.GARBLED),
        (b"{'a':1}", Reason.NOT_JSON, NotJson.GARBLED),
        (b'{"a":"x\ty"}', Reason.NOT_JSON, NotJson.CONTROL),
        (b'{"a":"x\ny", "b": "much that comes behind it"}', Reason.NOT_JSON, NotJson.CONTROL),
        (b'{"a":1,}', Reason.NOT_JSON, NotJson.COMMA),
        (b'{"a":[1,2 , ] , "b": "much that comes behind it"}', Reason.NOT_JSON, NotJson.COMMA),
        (b'{"result":[{"a":1},\n]\n}', Reason.NOT_JSON, NotJson.COMMA),
        (b"[" + b"{}," * MAX_VALUES + b"{}]", Reason.TOO_LARGE, f"more than {MAX_VALUES} values"),
    ],
    ids=range(23),
)
def test_bodies_that_are_no_answer(body: bytes, reason: Reason, detail: str) -> None:
    assert reason_of(document, body) == (reason, detail)


def test_each_has_a_sentence_of_its_own() -> None:
    sentences = {wording.reason(Reason.NOT_JSON, detail) for detail in NotJson}
    assert len(sentences) == len(NotJson)


def test_a_byte_order_mark_does_not_hurt() -> None:
    assert document(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_of_repeated_keys_the_last_counts() -> None:
    assert document(b'{"status":"error","status":"success"}') == {"status": "success"}


def test_every_way_to_cut_an_answer_is_seen() -> None:
    rows = [{"phone": "79070000001", "created_at": None, "w": 'т"\\😀'}, {"phone": 7, "x": [1.5e3]}]
    answer = {"status": "success", "result": rows, "more": False}
    for body in (json.dumps(answer).encode(), json.dumps(answer, ensure_ascii=False).encode()):
        assert document(body)
        for length in range(1, len(body)):
            assert reason_of(document, body[:length]) == (Reason.CUT_SHORT, ""), body[:length]


# From the object to a list


@pytest.mark.parametrize("wrapper", ["items", "data", "phones", "rows", "list"])
def test_wrapped_lists(wrapper: str) -> None:
    assert result_list({"result": {"total": 1, wrapper: [1]}}) == [1]
    assert result_list({"result": {wrapper: []}}) == []


def test_an_empty_list_beside_a_full_one_is_not_the_end() -> None:
    assert result_list({"result": {"items": [], "rows": [1]}}) == [1]
    assert result_list({"result": {"rows": [1], "list": [], "items": []}}) == [1]
    assert reason_of(result_list, {"result": {"rows": [1], "items": [2]}})[0] is (
        Reason.UNKNOWN_SHAPE
    )


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"result": None},
        {"result": ""},
        {"result": "[]"},
        {"result": 0},
        {"result": {}},
        {"result": {"items": None}},
        {"result": {"items": {"0": {}}}},
        {"result": {"entries": []}},
        {"items": []},
    ],
)
def test_what_is_no_list_is_never_no_more_data(answer: dict[str, Any]) -> None:
    assert reason_of(result_list, answer)[0] is Reason.UNKNOWN_SHAPE


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"error": "a"}, "a"),
        ({"message": "a"}, "a"),
        ({"error": {"message": "a", "code": 5}}, "a"),
        ({"message": {"message": "a"}}, "a"),
        ({"error": True, "message": "a"}, "a"),
        ({"error": "", "message": "a"}, "a"),
        ({"error": 5}, ""),
        ({"error": {"message": ["a"]}}, ""),
        ({}, ""),
    ],
)
def test_error_texts(answer: dict[str, Any], text: str) -> None:
    assert error_text(answer) == text


# Clients and projects


def test_clients_and_projects_as_the_server_writes_them() -> None:
    assert read_clients([{"id": 100001, "username": "d.client-one"}]) == [
        Client(100001, "d.client-one")
    ]
    rows = [
        {"id": "2000001", "name": "B1_нс сайт-1.рф", "status": 0, "limit": 14},
        {"id": 2000002, "name": "two"},
        {"id": " 3\x1f", "name": 15, "status": "2\x1c"},
        {"id": 2**63 - 1, "name": None, "status": None},
    ]
    assert read_projects(rows) == [
        Project(2000001, "B1_нс сайт-1.рф", 0),
        Project(2000002, "two", 1),
        Project(3, "15", 2),
        Project(2**63 - 1, "", 1),
    ]


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**63,
        10**400,
        True,
        False,
        1.5,
        1e300,
        None,
        "",
        "0",
        "-5",
        "+5",
        "1e3",
        "٣",
        "1" * 30,
        [1],
    ],
)
def test_ids_that_are_none(value: Any) -> None:
    for read in (read_clients, read_projects):
        assert reason_of(read, [{"id": value}])[0] is Reason.UNKNOWN_SHAPE
        listing = read([{"id": 5, "name": "a"}, {"id": value}])
        assert [item.id for item in listing] == [5]
        (detail,) = listing.unreadable
        assert detail.startswith("row 2: id is ")
        assert len(detail) < 60


def test_an_entry_that_cannot_be_read_does_not_hide_the_others() -> None:
    rows = [{"id": 5, "username": "a"}, {"id": -1}, None, {"id": 6.0, "username": "b"}]
    clients = read_clients(rows)
    assert clients == [Client(5, "a"), Client(6, "b")]
    assert clients.unreadable == ("row 2: id is -1", "row 3: no object")


@pytest.mark.parametrize("row", [None, 5, "text", [], {}, {"ID": 5}])
def test_rows_that_are_none(row: Any) -> None:
    for read in (read_clients, read_projects):
        assert reason_of(read, [row])[0] is Reason.UNKNOWN_SHAPE


@pytest.mark.parametrize("status", [True, 1.5, "on", [], 2**70])
def test_statuses_that_are_none(status: Any) -> None:
    assert reason_of(read_projects, [{"id": 1, "name": "a", "status": status}])[1].startswith(
        "row 1: status is "
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\x00b\r\nc\x1b[31m", "a b c [31m"),
        ("\u202etxt.exe\u2066", "txt.exe"),
        ("x\ud800y\udfff", "x y"),
        ("я" * 1_000_000, "я" * MAX_NAME),
        ("  Сайт «№1» ₽ 😀 ", "Сайт «№1» ₽ 😀"),
    ],
)
def test_names_are_cleaned(name: str, kept: str) -> None:
    assert read_projects([{"id": 1, "name": name}]) == [Project(1, kept, 1)]
    kept.encode()


# Pages


def test_pages_are_columns() -> None:
    rows = [
        {"phone": "79070000001", "created_at": "2023-09-05 10:30:05"},
        {"phone": 79070000002},
        {"phone": "+7 (907) 000-00-03", "created_at": None},
        {"phone": None, "created_at": ""},
        {"phone": -5},
        {"phone": 10**30},
    ]
    assert read_page(rows) == Page(
        ["79070000001", 79070000002, "+7 (907) 000-00-03", "", "-5", str(10**30)],
        ["2023-09-05 10:30:05", None, None, "", None, None],
    )
    assert read_page([]) == Page([], [])


def test_dirty_numbers_and_dates_are_cleaned() -> None:
    page = read_page(
        [
            {"phone": "7907\x000000001", "created_at": "x" * 5000},
            {"phone": "9" * 5000, "created_at": "2023\ud800"},
            {"phone": "\u202a79070000001\u202c", "created_at": None},
        ]
    )
    assert page.phones == ["7907 0000001", "9" * 300, " 79070000001 "]
    assert page.created_at == ["x" * 100, "2023 ", None]


@pytest.mark.parametrize(
    "row",
    [
        {"created_at": "2023-09-05 10:30:05"},
        {"tel": "79070000001"},
        {"phone": True},
        {"phone": ["79070000001"]},
        {"phone": {"number": "79070000001"}},
        {"phone": "79070000001", "created_at": 1693909805},
        {"phone": "79070000001", "created_at": {}},
        "79070000001",
        79070000001,
        None,
        [],
    ],
)
def test_a_row_that_is_no_record_is_one_of_its_page(row: Any) -> None:
    good = {"phone": "79070000002", "created_at": "2023-09-05 10:30:05"}
    page = read_page([good, row, good])
    assert page.odd == {1}
    assert page.phones[0] == page.phones[2] == "79070000002"
    assert json.loads(str(page.phones[1])) == row
    assert page.created_at == ["2023-09-05 10:30:05", None, "2023-09-05 10:30:05"]


def test_numbers_with_a_point_are_records() -> None:
    rows = [{"phone": 79070000003.0}, {"phone": 79070000003.5}, {"phone": 7.9e300}]
    assert read_page(rows) == Page([79070000003, "79070000003.5", "7.9e+300"], [None] * 3)


@pytest.mark.parametrize("rows", [[None], [5, "79070000001"], [{"tel": "79070000001"}, []]])
def test_a_page_without_any_record_is_no_page(rows: list[Any]) -> None:
    reason, detail = reason_of(read_page, rows)
    assert reason is Reason.UNKNOWN_SHAPE
    assert "7907" not in detail
