"""Whether the `date` field of `gck_phones` would save pages where quick runs are used.

    python -m benchmarks.date_field

The account of benchmarks.quick_mode grows by 2 %. A quick run reads it. Then the same new records
are asked for by date, over the same HTTP: each day from the newest one known before to the newest
one there is, page by page. With a visit every day that would be two days at least: the day of the
last visit, which was not over, and today.
"""

from dataclasses import replace

from benchmarks.account import Row, account, show
from benchmarks.quick_mode import EVERYWHERE, PROJECTS, RECORDS
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.layout import Order
from core.phones.events import Mode
from core.phones.upstream import Upstream


def measure() -> list[Row]:
    """A row for each order of the records."""
    orders: tuple[tuple[Order, str], ...] = (("append", "end"), ("prepend", "front"))
    return [_compared(order, name) for order, name in orders]


def _compared(order: Order, name: str) -> Row:
    before = DemoDataset(7, clients=4, projects=PROJECTS, records=RECORDS, order=order)
    after = before.grow(replace(EVERYWHERE, records=RECORDS // 50))
    with account(before) as made:
        made.run()
        made.server.dataset = after
        asked = len(made.server.journal)
        made.run(Mode.QUICK)
        quick = made.server.journal.count("gck_phones", since=asked)
        upstream = DataMasterSource(made.server.url, made.server.token).open_session()
        by_date, least = 0, 0
        for project in after.project_ids():
            known = max((record.created_at[:10] for record in before.records(project)), default="")
            days = {record.created_at[:10] for record in after.records(project)}
            days = {day for day in days if day >= known}
            by_date += sum(_pages(upstream, project, day) for day in days)
            least += 2
    return {
        "new records at": name,
        "quick, a project": f"{quick / PROJECTS:.2f}",
        "by date, a project": f"{by_date / PROJECTS:.2f}",
        "by date, visited daily": f"{least / PROJECTS:.2f} at least",
    }


def _pages(upstream: Upstream, project: int, day: str) -> int:
    """Requests for all records of a day; a short page is taken for the last."""
    number = 1
    while len(upstream.page(project, number, day)) >= 1000:
        number += 1
    return number


if __name__ == "__main__":
    show(measure())
