"""What smart runs cost and how soon they find what is new, against full and quick ones.

    python -m benchmarks.smart_mode

Thirty days of an account in which a tenth of the projects, the same ones every day, brings 90 %
of the new numbers; the rest falls on some of the others. One run a day, on the engine's clock;
the requests are real ones to the built-in API. A number that appeared since the run before and is
in the database after today's run was found within a day.
"""

from collections.abc import Iterator

from benchmarks.account import Account, Days, Row, account, show
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.events import Mode

CLIENTS, PROJECTS, RECORDS = 5, 500, 60_000
DAYS = 30
A_DAY = Growth(records=200)


def measure() -> list[Row]:
    """A row for each mode; the requests of the full runs come first."""
    rows: list[Row] = []
    full = 0
    for mode in Mode:
        row = _thirty_days(mode)
        full = full or row["requests"]
        rows.append({**row, "of the full ones": f"{row['requests'] / full:.1%}"})
    return rows


def _thirty_days(mode: Mode) -> Row:
    data = DemoDataset(5, clients=CLIENTS, projects=PROJECTS, records=RECORDS, order="mixed")
    clock = Days()
    appeared: dict[str, int] = {}
    found: dict[str, int] = {}
    requests = []
    with account(data) as made:
        made.clock = clock
        made.run()
        known = set(_stored(made))
        for clock.day in range(1, DAYS + 1):
            later = data.grow(A_DAY)
            for phone in _news(data, later):
                if phone not in known:
                    appeared.setdefault(phone, clock.day)
            data = later
            made.server.dataset = data
            requests.append(made.run(mode).totals.requests)
            for phone in _stored(made):
                if phone not in known:
                    found.setdefault(phone, clock.day)
    late = [found.get(phone, 2 * DAYS) - day for phone, day in appeared.items()]
    # What appeared in the last week may still be found in time.
    due = [found.get(phone, 2 * DAYS) - day for phone, day in appeared.items() if day <= DAYS - 6]
    return {
        "mode": str(mode),
        "requests": sum(requests),
        "in the first week": sum(requests[:7]),
        "a day afterwards": f"{sum(requests[7:]) / (DAYS - 7):.0f}",
        "new numbers": len(appeared),
        "found within a day": f"{sum(days < 1 for days in late) / len(late):.1%}",
        "within 7 days": f"{sum(days < 7 for days in due) / len(due):.2%}",
        "longest, days": max(due) + 1,
    }


def _news(before: DemoDataset, after: DemoDataset) -> Iterator[str]:
    """The numbers of the projects that grew."""
    for project in after.project_ids():
        if after.size(project) != before.size(project):
            for record in after.records(project):
                if record.phone is not None:
                    yield record.phone


def _stored(made: Account) -> list[str]:
    return [phone for (phone,) in made.rows("SELECT phone FROM phones")]


if __name__ == "__main__":
    show(measure())
