"""A list against the database: every answer equals what plain SQL says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from core.errors import UsageError
from core.phones.lookup import check
from core.phones.lookup.answers import Answer, Shown, batches, count, page
from core.phones.lookup.check import CheckedList, Counts, State, checked
from core.phones.lookup.columns import look_at, with_column
from core.phones.lookup.writing import write_answers
from core.phones.reports.names import Format
from core.phones.storage.exclusive import exclusive
from core.phones.storage.forget import forget
from core.tables.reading.list_file import open_list
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows


def answers(database: Path, file: Path, shown: Shown = Shown.ALL) -> tuple[list[Answer], Counts]:
    with open_list(file) as source:
        columns = look_at(source)
        assert columns.column is not None
        with checked(database, source, columns, columns.column) as answer:
            return [row for rows in batches(answer, shown) for row in rows], answer.counts


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_known_new_repeated_and_none(database: Path, rows: Rows, tmp_path: Path) -> None:
    known = rows.one("SELECT phone FROM phones WHERE projects = 1 LIMIT 1")
    file = written(
        tmp_path,
        f"Имя;Телефон\nа;{known}\nб;8{known[2:]}\nв;+79079999999\nг;123\nд;\n",
    )
    found, counts = answers(database, file)
    assert [row.state for row in found] == ["known", "known", "new", "no_number", "no_number"]
    assert [row.line for row in found] == [2, 3, 4, 5, 6]
    assert [row.repeats for row in found] == [None, 2, None, None, None]
    assert [row.reason for row in found] == ["", "", "", "too_short", "empty"]
    assert counts == Counts(5, known=2, new=1, no_number=2, repeated=1, distinct=2)
    assert list(found[1].cells) == ["б", f"8{known[2:]}"]
    for shown in Shown:
        assert len(answers(database, file, shown)[0]) == count(counts, shown), shown


def test_a_cell_of_several_numbers_is_a_row_for_each(
    database: Path, rows: Rows, tmp_path: Path
) -> None:
    known = rows.one("SELECT phone FROM phones LIMIT 1")
    text = f"Имя;Телефон\nа;{known}, +7 907 999-99-99\nб;{known}\n"
    found, counts = answers(database, written(tmp_path, text))
    assert [(row.line, row.state, row.repeats) for row in found] == [
        (2, "known", None),
        (2, "new", None),
        (3, "known", 2),
    ]
    assert counts.rows == 3


@pytest.mark.parametrize("way", ["probe", "read"])
def test_projects_and_clients_of_each_number(
    database: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Both ways to the projects, each in many small parts, say what a join says."""
    monkeypatch.setattr(check, "LINKS_AT_ONCE", 500)
    monkeypatch.setattr(check, "NUMBERS_AT_ONCE", 300)
    monkeypatch.setattr(check, "ROWS_AT_ONCE", 700)
    limit = 5 if way == "probe" else 10_000
    phones = [
        phone
        for (phone,) in rows("SELECT phone FROM phones ORDER BY projects DESC, id LIMIT ?", limit)
    ]
    file = written(tmp_path, "phone\n" + "\n".join(phones) + "\n")
    expected = {
        phone: (first, count, set(projects.split("\n")), set(clients.split("\n")))
        for phone, first, count, projects, clients in rows(
            "SELECT h.phone, h.first_seen_at, count(*), group_concat(p.name, char(10)),"
            " group_concat(c.username, char(10)) FROM phones h"
            " JOIN project_phones l ON l.phone_id = h.id JOIN projects p ON p.id = l.project_id"
            " JOIN clients c ON c.id = p.client_id GROUP BY h.id"
        )
    }
    found, counts = answers(database, file)
    assert counts.known == len(phones) == len(found)
    for row in found:
        assert row.phone is not None
        assert row.first_seen is not None
        first, number, projects, clients = expected[row.phone]
        assert f"{datetime.fromtimestamp(row.first_seen, UTC):%Y-%m-%dT%H:%M:%SZ}" == first
        assert row.projects == number
        assert set(row.project_names.split("; ")) == projects
        assert set(row.client_names.split("; ")) == clients


def test_an_erased_number_is_told_as_such(database: Path, rows: Rows, tmp_path: Path) -> None:
    known = rows.one("SELECT phone FROM phones LIMIT 1")
    with exclusive(database):
        forget(database, known, datetime.now(UTC))
    found, counts = answers(database, written(tmp_path, f"{known}\n+79079999999\n"))
    assert [row.state for row in found] == [State.ERASED, State.NEW]
    assert counts.erased == 1


def test_pages_follow_each_other(database: Path, rows: Rows, tmp_path: Path) -> None:
    phones = [phone for (phone,) in rows("SELECT phone FROM phones LIMIT 50")]
    file = written(tmp_path, "\n".join([*phones, "x"] * 10))
    with open_list(file) as source:
        columns = look_at(source)
        with checked(database, source, columns, 0) as answer:
            seen = []
            after = 0
            while part := page(answer, Shown.NO_NUMBER, after, limit=3):
                seen += [row.line for row in part]
                after = part[-1].id
    assert seen == list(range(51, 511, 51))


def test_nothing_is_stored_and_nothing_is_left(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    answers(database, written(tmp_path, "+79079999999\n"))
    assert database.read_bytes() == before
    left = {path.name for path in tmp_path.iterdir()} - {"phones.db-wal", "phones.db-shm"}
    assert left == {"list.csv", "phones.db"}


def test_a_cancel_ends_it_in_every_step(
    database: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ROWS_AT_ONCE", 1000)
    phones = [phone for (phone,) in rows("SELECT phone FROM phones")]
    file = written(tmp_path, "\n".join(phones * 3))
    for moment in (0.1, 0.46, 0.56, 0.8, 0.9):
        told: list[float] = []
        watch = Watch(told.append, lambda m=moment, t=told: bool(t) and t[-1] >= m)
        with open_list(file) as source:
            columns = look_at(source)
            with pytest.raises(Cancelled):
                check.check_list(database, source, columns, 0, watch=watch)


class TestColumns:
    @pytest.mark.parametrize(
        ("text", "column", "heading"),
        [
            ("79571234567\n79571234568\n", 0, False),
            ("Телефон\n79571234567\n", 0, True),
            ("id;ИНН;Тел.\n1;7701234567;8 957 123-45-67\n2;7701234568;8 957 123-45-68\n", 2, True),
            ("a;b\n1;x\n2;y\n", None, False),
            ("Дата,Номер\n2026-01-01,79571234567\n,\n2026-01-02,брак\n", 1, True),
        ],
    )
    def test_the_column_is_guessed(
        self, tmp_path: Path, text: str, column: int | None, heading: bool
    ) -> None:
        with open_list(written(tmp_path, text)) as source:
            found = look_at(source)
        assert (found.column, found.has_heading) == (column, heading)

    @pytest.mark.parametrize("chosen", ["тел.", "C", "c", "3"])
    def test_or_chosen_by_heading_letter_or_number(self, tmp_path: Path, chosen: str) -> None:
        with open_list(written(tmp_path, "id;ИНН;Тел.\n1;7701234567;89571234567\n")) as source:
            assert with_column(look_at(source), chosen) == 2

    def test_a_column_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with open_list(written(tmp_path, "Телефон\n89571234567\n")) as source:
            found = look_at(source)
        with pytest.raises(UsageError, match="no column x"):
            with_column(found, "x")


@pytest.fixture
def answer(database: Path, rows: Rows, tmp_path: Path) -> Iterator[CheckedList]:
    phones = [phone for (phone,) in rows("SELECT phone FROM phones ORDER BY id LIMIT 30")]
    text = (
        "Имя;Телефон\n" + "".join(f"=cmd{n};{phone}\n" for n, phone in enumerate(phones)) + "я;1\n"
    )
    with open_list(written(tmp_path, text)) as source:
        columns = look_at(source)
        with checked(database, source, columns, 1) as found:
            yield found


def test_the_workbook_has_the_lists_columns_beside_the_answer(
    answer: CheckedList, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "answer.xlsx"
    files, number = write_answers(answer, target, Format.XLSX, ";")
    assert (files, number) == ((target,), 31)
    sheet = openpyxl.load_workbook(target).active
    table = list(sheet.iter_rows(values_only=True))
    assert table[0][:5] == ("Имя", "Телефон", "Answer", "Number", "Why it is no number")
    assert table[1][0] == "'=cmd0"  # no cell runs
    assert table[1][2] == "known"
    assert table[31][2:5] == ("no number", "", "not a phone number")


def test_only_what_is_wanted_and_names_for_programs(answer: CheckedList, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    _files, number = write_answers(answer, target, Format.CSV, ";", Shown.NO_NUMBER, in_words=False)
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert number == 1
    assert lines[0].startswith("Имя;Телефон;answer;number;reason;repeats_row;first_seen_at")
    assert lines[1].startswith("я;1;no_number;;not_a_number;")


def test_the_database_is_never_replaced(answer: CheckedList) -> None:
    with pytest.raises(UsageError, match="collected data"):
        write_answers(answer, answer.database, Format.CSV, ";")


def test_a_list_of_more_columns_than_letters(database: Path, tmp_path: Path) -> None:
    file = written(tmp_path, ";".join(["79571234567", *"abcdefghijklmnopqrstuvwxyz"]) + "\n")
    with open_list(file) as source:
        columns = look_at(source)
        with checked(database, source, columns, 0) as answer:
            target = tmp_path / "wide.xlsx"
            write_answers(answer, target, Format.XLSX, ";")
    sheet = openpyxl.load_workbook(target).active
    assert sheet.max_column == 27 + 9
    assert sheet["AA2"].value == "z"
