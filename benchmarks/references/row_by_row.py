"""The plainest collector: one request after the other, one INSERT and one commit a row.

    python -m benchmarks.references.row_by_row URL TOKEN DATABASE --records 10000

It does what the program does with a record, but keeps neither checkpoints nor counters. Ends
after `--records` records and prints how many it has stored.
"""

import argparse
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import phonenumbers
import requests

SCHEMA = """
CREATE TABLE phones (id INTEGER PRIMARY KEY, phone TEXT NOT NULL UNIQUE, original_format TEXT);
CREATE TABLE project_phones (
    project_id INTEGER, phone_id INTEGER, created_at_api TEXT, PRIMARY KEY (project_id, phone_id)
);
CREATE TABLE rejected_phones (project_id INTEGER, raw TEXT, PRIMARY KEY (project_id, raw));
"""


def normalized(raw: str) -> str | None:
    digits = re.sub(r"\D", "", raw)
    if len(digits) == 11 and digits.startswith("8"):
        digits = "7" + digits[1:]
    try:
        number = phonenumbers.parse("+" + digits if digits.startswith("7") else digits, "RU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def ask(session: requests.Session, url: str, token: str, command: str, **fields: Any) -> list[Any]:
    answer = session.post(url, json={"token": token, "command": command, **fields}, timeout=30)
    answer.raise_for_status()
    rows: list[Any] = answer.json()["result"]
    return rows


def records(url: str, token: str) -> Iterator[tuple[int, dict[str, str]]]:
    with requests.Session() as session:
        for client in ask(session, url, token, "clients"):
            for project in ask(session, url, token, "gck_projects", user_id=client["id"]):
                page = 1
                while rows := ask(session, url, token, "gck_phones", id=project["id"], page=page):
                    for row in rows:
                        yield int(project["id"]), row
                    page += 1


def store(db: sqlite3.Connection, project: int, row: dict[str, str]) -> None:
    phone = normalized(row["phone"])
    if phone is None:
        db.execute("INSERT OR IGNORE INTO rejected_phones VALUES (?, ?)", (project, row["phone"]))
    else:
        db.execute(
            "INSERT OR IGNORE INTO phones (phone, original_format) VALUES (?, ?)",
            (phone, row["phone"]),
        )
        db.execute(
            "INSERT OR IGNORE INTO project_phones SELECT ?, id, ? FROM phones WHERE phone = ?",
            (project, row["created_at"], phone),
        )
    db.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("database")
    parser.add_argument("--records", type=int, default=10_000)
    options = parser.parse_args()
    db = sqlite3.connect(options.database)
    db.executescript(SCHEMA)
    stored = 0
    for project, row in records(options.url, options.token):
        store(db, project, row)
        stored += 1
        if stored == options.records:
            break
    db.close()
    print(stored)


if __name__ == "__main__":
    main()
