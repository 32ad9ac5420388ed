"""A load as it is usually written: plain requests, one INSERT and one commit a row.

python -m benchmarks.references.cars_plain ROWS, with the settings in the environment. Keeps no
checkpoint, looks at nothing that is there. Stops after ROWS rows; prints as cars_program does.
"""

import json
import os
import sqlite3
import sys
import time
from typing import Any

import psycopg
import requests

from benchmarks.memory import peak_mb

TABLE = "CREATE TABLE listings (inner_id text UNIQUE, created_at text, data {json})"


def main() -> None:
    most = int(sys.argv[1])
    url, key = os.environ["CHE168_API_URL"], os.environ["CHE168_API_KEY"]
    address = os.environ["CARS_DATABASE_URL"]
    db: Any
    if address.startswith("sqlite"):
        db, mark, kind = sqlite3.connect(address.removeprefix("sqlite:///")), "?", "text"
    else:
        db, mark, kind = psycopg.connect(address), "%s", "jsonb"
    began, used = time.perf_counter(), time.process_time()
    db.execute(TABLE.format(json=kind))
    insert = f"INSERT INTO listings VALUES ({mark}, {mark}, {mark})"  # noqa: S608
    waited, rows = 0.0, 0
    page: int | None = 1
    while page is not None and rows < most:
        asked = time.perf_counter()
        answer = requests.get(
            f"{url}/offers", {"api_key": key, "page": str(page)}, timeout=30
        ).json()
        waited += time.perf_counter() - asked
        for item in answer["result"]:
            db.execute(insert, (item["inner_id"], item["created_at"], json.dumps(item["data"])))
            db.commit()
            rows += 1
        page = answer["meta"]["next_page"]
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "waited": waited,
                "cpu": time.process_time() - used,
                "rows": rows,
                "peak": peak_mb(),
            }
        )
    )
    db.close()


if __name__ == "__main__":
    main()
