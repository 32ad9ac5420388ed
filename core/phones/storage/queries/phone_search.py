"""The ways to look for phones, and which of them fits what is asked."""

import json
import time
from dataclasses import replace
from enum import StrEnum

from core.phones.storage.queries.phone_cursor import FIRST_WINDOW, LARGEST_WINDOW, Cursor, Found
from core.phones.storage.queries.phone_filter import (
    PhoneFilter,
    chosen_projects,
    conditions,
    number_condition,
    run_ranges,
)
from core.phones.storage.queries.phones_by_projects import phones_by_projects
from core.phones.storage.reader import Reader, Row

SORTABLE = 50_000  # a set of so many phones is sorted on the spot in about 50 ms
WHOLE_NUMBER = 10  # so many digits are a number, not a part of one
PROBED = 6  # so many digits are looked for by index at every place where they can stand

# Phones that hold the digits anywhere: for +7 and ten digits, every filling of the places before
# them is looked up; the index `phones_unusual` has all others.
_HOLDING = """
WITH RECURSIVE
    filling (places, digits) AS (
        SELECT 0, ''
        UNION ALL
        SELECT places + 1, digits || d.value
        FROM filling CROSS JOIN json_each('[0,1,2,3,4,5,6,7,8,9]') d WHERE places < :places),
    holding (id) AS (
        SELECT p.id FROM filling f CROSS JOIN phones p
            ON p.phone >= '+7' || f.digits || :infix AND p.phone < '+7' || f.digits || :infix || ':'
        UNION
        SELECT id FROM phones
        WHERE (length(phone) <> 12 OR substr(phone, 1, 2) <> '+7') AND instr(phone, :infix))
"""


class PhoneSort(StrEnum):
    FIRST_SEEN = "first_seen"  # order of arrival
    PHONE = "phone"
    PROJECTS = "projects"


class PhoneSearch:
    """One page's search: picks the way that fits the filter and walks it until it is full."""

    def __init__(
        self,
        reader: Reader,
        where: PhoneFilter,
        sort: PhoneSort,
        descending: bool,
        limit: int,
        deadline: float,
    ) -> None:
        self.reader = reader
        self.where = where
        self.limit = limit
        self.deadline = deadline
        self.by_number = bool(where.number)
        self.sort = sort
        self.descending = descending
        self.conditions = conditions(where)
        projects = chosen_projects(reader, where)
        self.projects = (
            None if projects is None else json.dumps([project for project, _ in projects])
        )
        self.links = None if projects is None else sum(phones for _, phones in projects)
        if self.by_number or not self._can_sort():
            self.sort = PhoneSort.FIRST_SEEN
            self.descending = descending if sort is PhoneSort.FIRST_SEEN else True

    def _can_sort(self) -> bool:
        return self.links is None or self.links <= SORTABLE

    def find(self, cursor: Cursor | None) -> tuple[Found, Cursor | None]:
        if self.links == 0:
            return [], None
        if self.sort is PhoneSort.PROJECTS and self.projects is None and not self.conditions.sql:
            return phones_by_projects(
                self.reader, self.descending, cursor, self.limit, self.deadline
            )
        if self.sort is not PhoneSort.FIRST_SEEN:
            return self._sorted(cursor)
        if self._in_few_ranges():
            return self._by_ranges(cursor)
        found: Found = []
        # By index only where no project narrows: there the windows are the shorter way.
        if self.by_number and self.projects is None and (cursor is None or cursor.stage == 0):
            found, cursor = self._beginnings(cursor)
            whole = bool(found) and len(self.where.number) >= WHOLE_NUMBER
            if cursor is not None or whole or not self.where.infix:
                return found, cursor
            if len(found) == self.limit:
                return found, Cursor(1, None)
        if self.projects is None and len(self.where.infix) >= PROBED:
            more, cursor = self._probed(cursor, self.limit - len(found))
        else:
            more, cursor = self._windows(cursor, self.limit - len(found))
        return found + more, cursor

    def _in_few_ranges(self) -> bool:
        """Whether region and operator leave so few that all of them are looked at at once."""
        if not self.where.located or self.projects is not None or self.by_number:
            return False
        phones = self.reader.number(
            "SELECT sum(phones) FROM number_counts WHERE (:region IS NULL OR region_id = :region)"
            " AND (:operator IS NULL OR operator_id = :operator)",
            {"region": self.where.region_id, "operator": self.where.operator_id},
        )
        return phones <= SORTABLE

    def _by_ranges(self, cursor: Cursor | None) -> tuple[Found, Cursor | None]:
        """The numbers of some ranges, in the order of arrival."""
        way, beyond = ("DESC", "<") if self.descending else ("ASC", ">")
        position = f" AND phones.id {beyond} :key" if cursor is not None else ""
        rows = self.reader.rows(
            "SELECT phones.id FROM number_ranges g CROSS JOIN phones"
            " ON phones.phone BETWEEN g.first AND g.last"
            " WHERE (:region IS NULL OR g.region_id = :region)"
            " AND (:operator IS NULL OR g.operator_id = :operator)"
            f"{conditions(replace(self.where, region_id=None, operator_id=None)).sql}{position}"
            f" ORDER BY phones.id {way} LIMIT :limit",
            {
                **self.conditions.values,
                "key": cursor.key if cursor else None,
                "limit": self.limit,
            },
        )
        following = Cursor(1, rows[-1][0]) if len(rows) == self.limit else None
        return [(phone, None) for (phone,) in rows], following

    def _beginnings(self, cursor: Cursor | None) -> tuple[Found, Cursor | None]:
        """Numbers that begin with the text, in order of number, by the index."""
        found: list[Row] = []
        after = str(cursor.key) if cursor else ""
        for prefix in sorted(self.where.prefixes):
            beyond = "phone > :after" if after > prefix else "phone >= :prefix"
            found += self.reader.rows(
                f"SELECT id, phone FROM phones WHERE {beyond}"
                " AND phone < :prefix || ':'"  # ':' follows '9'
                f"{self.conditions.sql} ORDER BY phone LIMIT :limit",
                {
                    **self.conditions.values,
                    "prefix": prefix,
                    "after": after,
                    "limit": self.limit - len(found),
                },
            )
        following = Cursor(0, found[-1][1]) if len(found) == self.limit else None
        return [(phone, None) for phone, _ in found], following

    def _probed(self, cursor: Cursor | None, limit: int) -> tuple[Found, Cursor | None]:
        """Like `_windows`, for many digits: they are in so few phones that all are found first."""
        way, beyond = ("DESC", "<=") if self.descending else ("ASC", ">=")
        number = number_condition(self.where, beginnings=False)
        position = ""
        if cursor is not None and isinstance(cursor.key, int):
            position = f" AND phones.id {beyond} :key"
        rows = self.reader.rows(
            f"{_HOLDING} SELECT phones.id FROM holding CROSS JOIN phones ON phones.id = holding.id"
            f" WHERE true{self.conditions.sql}{number.sql}{position}"
            f" ORDER BY phones.id {way} LIMIT :limit",
            {
                **self.conditions.values,
                **number.values,
                "places": WHOLE_NUMBER - len(self.where.infix),
                "key": cursor.key if cursor else None,
                "limit": limit,
            },
        )
        found: Found = [(phone, None) for (phone,) in rows]
        if len(found) < limit:
            return found, None
        return found, Cursor(1, found[-1][0] + (-1 if self.descending else 1))

    def _windows(self, cursor: Cursor | None, limit: int) -> tuple[Found, Cursor | None]:
        """In the order of arrival, window by window of phone ids."""
        ranges = run_ranges(self.reader, self.where.run_id)
        position = cursor.key if cursor and isinstance(cursor.key, int) else None
        window = cursor.window if cursor else FIRST_WINDOW
        found: Found = []
        for low, high in reversed(ranges) if self.descending else ranges:
            start = high if self.descending else low
            if position is not None:
                start = min(start, position) if self.descending else max(start, position)
            while low <= start <= high:
                end = (
                    max(low, start - window + 1)
                    if self.descending
                    else min(high, start + window - 1)
                )
                first, last = min(start, end), max(start, end)
                rows = self._window(first, last, limit - len(found))
                found += rows
                if len(found) >= limit:
                    key = found[-1][0] + (-1 if self.descending else 1)
                    return found, Cursor(1, key, window=window)
                if len(rows) * 4 < limit and not self.where.located:  # each row costs more there
                    window = min(window * 2, LARGEST_WINDOW)
                start = end - 1 if self.descending else end + 1
                if time.monotonic() > self.deadline:
                    return found, Cursor(1, start, window=window)
        return found, None

    def _window(self, first: int, last: int, limit: int) -> Found:
        way = "DESC" if self.descending else "ASC"
        # Where no project narrows, what begins with the text was shown before.
        number = number_condition(self.where, beginnings=self.projects is not None)
        values = {
            **self.conditions.values,
            **number.values,
            "first": first,
            "last": last,
            "limit": limit,
        }
        if self.projects is None:
            sql = (
                "SELECT id, NULL FROM phones WHERE id BETWEEN :first AND :last"
                f"{self.conditions.sql}{number.sql} ORDER BY id {way} LIMIT :limit"
            )
        else:
            values["projects"] = self.projects
            sql = (
                "SELECT l.phone_id, min(l.project_id) FROM project_phones l"
                " JOIN phones ON phones.id = l.phone_id"
                " WHERE l.project_id IN (SELECT value FROM json_each(:projects))"
                " AND l.phone_id BETWEEN :first AND :last"
                f"{self.conditions.sql}{number.sql}"
                f" GROUP BY l.phone_id ORDER BY l.phone_id {way} LIMIT :limit"
            )
        return [(phone, project) for phone, project in self.reader.rows(sql, values)]

    def _sorted(self, cursor: Cursor | None) -> tuple[Found, Cursor | None]:
        """In any order: the set is small, or it is the whole table and read once a page."""
        way, beyond = ("DESC", "<") if self.descending else ("ASC", ">")
        key = f"phones.{self.sort.value}"
        source, values = "phones", dict(self.conditions.values)
        project = "NULL"
        if self.projects is not None:
            source = (
                "(SELECT phone_id, min(project_id) AS project_id FROM project_phones"
                " WHERE project_id IN (SELECT value FROM json_each(:projects))"
                " GROUP BY phone_id) l CROSS JOIN phones ON phones.id = l.phone_id"
            )
            values["projects"] = self.projects
            project = "l.project_id"
        elif self.where.run_id is not None and self.sort is not PhoneSort.PHONE:
            source = (
                "run_phone_ranges g CROSS JOIN phones"
                " ON g.run_id = :run AND phones.id BETWEEN g.first_id AND g.last_id"
            )
        position = ""
        if cursor is not None:
            position = f" AND ({key} {beyond} :key OR ({key} = :key AND phones.id > :id))"
            values |= {"key": cursor.key, "id": cursor.id}
        if self.sort is PhoneSort.PHONE:  # unique: the index gives the order by itself
            position = f" AND {key} {beyond} :key" if cursor else ""
            order = f"{key} {way}"
        else:
            # Equal keys in the order of reading, so that later rows do not push out earlier ones.
            order = f"{key} {way}, phones.id"
        rows = self.reader.rows(
            f"SELECT phones.id, {project}, {key} FROM {source}"
            f" WHERE true{self.conditions.sql}{position} ORDER BY {order} LIMIT :limit",
            {**values, "limit": self.limit},
        )
        following = Cursor(0, rows[-1][2], rows[-1][0]) if len(rows) == self.limit else None
        return [(phone, project_id) for phone, project_id, _ in rows], following
