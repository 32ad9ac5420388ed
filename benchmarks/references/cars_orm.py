"""Normalising as it is usually written: SQLAlchemy's ORM, row by row, a commit each.

python -m benchmarks.references.cars_orm ROWS, with the settings in the environment. Uses the
program's own rules, so only the way to and from the database differs. Prints as cars_program does.
"""

import json
import os
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from benchmarks.memory import peak_mb
from core.cars.normal.listing import normalize
from core.cars.tables import processed_data, raw_data
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place


class Base(DeclarativeBase):
    pass


class Raw(Base):
    __table__ = raw_data

    inner_id: Mapped[str]
    active_status: Mapped[int]
    data: Mapped[Any]
    is_processed: Mapped[bool]


class Processed(Base):
    __table__ = processed_data


def main() -> None:
    most = int(sys.argv[1])
    engine = open_engine(parse_place(os.environ["CARS_DATABASE_URL"], "CARS_DATABASE_URL"))
    now = datetime.now(UTC)
    began, used = time.perf_counter(), time.process_time()
    rows = 0
    with Session(engine) as session:
        waiting = select(Raw).where(raw_data.c.is_processed.is_(False)).limit(1)
        while rows < most and (raw := session.scalar(waiting)) is not None:
            row = normalize(raw.inner_id, raw.active_status, raw.data, this_year=now.year)
            if row["offer_created"]:
                row["offer_created"] = date.fromisoformat(row["offer_created"])
            same: Select[Any] = select(Processed)
            same = same.where(processed_data.c.inner_id == raw.inner_id)
            done = session.scalar(same) or Processed(created_at=now)
            for name, value in {**row, "updated_at": now, "version": 1}.items():
                setattr(done, name, value)
            session.add(done)
            raw.is_processed = True
            session.commit()
            rows += 1
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "waited": 0.0,
                "cpu": time.process_time() - used,
                "rows": rows,
                "peak": peak_mb(),
            }
        )
    )
    engine.dispose()


if __name__ == "__main__":
    main()
