"""What a quick run costs where 2 % of the records are new, and how long an edit goes unseen.

    python -m benchmarks.quick_mode

Projects of many pages at the documented page size; new records at the end, at the front, or
here so and there so. Every run's database is compared with one that was read in full afresh.
"""

from dataclasses import replace

from benchmarks.account import Account, Row, account, show
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.layout import Order
from core.phones.events import Mode

PROJECTS = 40
RECORDS = 200_000
EVERYWHERE = Growth(projects_share=1.0, productive_share=0.0, productive_part=0.0)
ORDERS: tuple[tuple[Order, str], ...] = (
    ("append", "end"),
    ("prepend", "front"),
    ("mixed", "either"),
)
GROWTHS = (
    ("2 % new, in every project", EVERYWHERE),
    ("2 % new, in every project", EVERYWHERE),
    ("2 % new, 90 % of them in a tenth", Growth()),
    ("nothing new", None),
    ("2 % new, in every project", EVERYWHERE),
)


def measure() -> list[Row]:
    """A row for each run."""
    rows: list[Row] = []
    for order, name in ORDERS:
        rows += _quick_runs(order, name)
    return rows


def _quick_runs(order: Order, name: str) -> list[Row]:
    rows: list[Row] = []
    data = DemoDataset(7, clients=4, projects=PROJECTS, records=RECORDS, order=order)
    with account(data) as made:
        made.run()
        for what, growth in GROWTHS:
            if growth is not None:
                new = sum(map(data.size, data.project_ids())) // 50
                data = data.grow(replace(growth, records=new))
                made.server.dataset = data
            asked = len(made.server.journal)
            made.run(Mode.QUICK)
            requests = made.server.journal.count("gck_phones", since=asked)
            pages = sum(data.size(project) // 1000 + 1 for project in data.project_ids())
            rows.append(
                {
                    "new records at": name,
                    "since the last run": what,
                    "pages of a full run": pages,
                    "pages asked for": requests,
                    "a project": f"{requests / PROJECTS:.2f}",
                    "like a full read": _same(made),
                }
            )
    return rows


def _same(made: Account) -> str:
    return "yes" if made.contents() == made.read_afresh().contents() else "NO"


def measure_edits() -> list[Row]:
    """How many of 20 edited numbers are still missing after each quick run that follows."""
    data = DemoDataset(7, clients=4, projects=PROJECTS, records=RECORDS, order="mixed")
    missing: Row = {}
    with account(data) as made:
        made.run()
        data = data.grow(Growth(edits=20))
        made.server.dataset = data
        served = {
            record.phone
            for project in data.project_ids()
            for record in data.records(project)
            if record.phone
        }
        for number in range(1, 11):
            made.run(Mode.QUICK)
            stored = {phone for (phone,) in made.rows("SELECT phone FROM phones")}
            missing[f"run {number}"] = len(served - stored)
    return [missing]


if __name__ == "__main__":
    show(measure())
    show(measure_edits())
