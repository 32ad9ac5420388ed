"""Growth of the made-up data: exact, where it was ordered, and leaving the old part alone."""

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.growth import Growth, is_productive
from core.phones.datamaster.demo.layout import Order

GROWTH = Growth(records=3_000, new_projects=7, new_clients=3)


def base(order: Order = "append") -> DemoDataset:
    return DemoDataset(3, 50, 120, 15_000, order=order)


def texts(dataset: DemoDataset, project: int) -> list[tuple[str, str]]:
    return [(record.raw, record.created_at) for record in dataset.records(project)]


def test_growth_is_exact_and_leaves_the_older_generation_as_it_was():
    old = base()
    before = [texts(old, project) for project in old.project_ids()]
    new = old.grow(GROWTH)
    assert (old.generation, new.generation) == (0, 1)
    totals = expected(new)
    assert (totals.clients, totals.projects, totals.records) == (53, 127, 18_000)
    assert [texts(old, project) for project in old.project_ids()] == before
    assert expected(new).phones > expected(old).phones


@pytest.mark.parametrize("order", ["append", "prepend", "mixed"])
def test_new_records_stand_where_the_order_says(order: Order):
    old = base(order)
    new = old.grow(GROWTH).grow(GROWTH)
    places = set()
    for project in old.project_ids():
        before, after = texts(old, project), texts(new, project)
        added = len(after) - len(before)
        assert added >= 0
        if added and len(before) > 1:
            if after[: len(before)] == before:
                places.add("append")
            else:
                assert after[added:] == before
                places.add("prepend")
        times = [time for _, time in after]
        assert times in (sorted(times), sorted(times, reverse=True))
    assert places == ({"append", "prepend"} if order == "mixed" else {order})


def test_growth_is_the_same_every_time():
    one, other = base().grow(GROWTH).grow(GROWTH), base().grow(GROWTH).grow(GROWTH)
    for project in one.project_ids():
        assert texts(one, project) == texts(other, project)
    assert [one.project_ids(c) for c in one.client_ids()] == [
        other.project_ids(c) for c in other.client_ids()
    ]


def test_every_project_has_one_client_and_new_clients_have_projects():
    new = base().grow(GROWTH)
    owned = [project for client in new.client_ids() for project in new.project_ids(client)]
    assert sorted(owned) == list(new.project_ids())
    for client in list(new.client_ids())[50:]:
        assert new.project_ids(client)
        assert new.project_rows(client)


def test_productive_projects_bring_most_and_the_rest_few_projects():
    old = DemoDataset(3, 100, 1000, 50_000)
    new = old.grow(Growth(records=10_000, projects_share=0.2))
    added = {p: new.size(p) - old.size(p) for p in old.project_ids()}
    productive = {p for p in added if is_productive(3, p - 2_000_001, 0.1)}
    assert 60 < len(productive) < 140
    assert sum(added[p] for p in productive) == 9_000
    others = [p for p in added if p not in productive and added[p]]
    assert 100 < len(others) < 270


def test_edits_and_removals_change_the_middle_only():
    old = base()
    new = old.grow(Growth(edits=4, removals=3))
    edited = removed = 0
    for project in old.project_ids():
        before, after = texts(old, project), texts(new, project)
        if before == after:
            continue
        assert before[0] == after[0]
        assert before[-1] == after[-1]
        if len(before) == len(after):
            assert sum(x != y for x, y in zip(before, after, strict=True)) == 1
            edited += 1
        else:
            assert len(after) == len(before) - 1 == new.size(project)
            removed += 1
    assert (edited, removed) == (4, 3)
    assert expected(new).records == 15_000 - 3


def test_removed_records_stay_gone_when_the_project_grows_on():
    growth = Growth(records=500, projects_share=1.0, removals=5)
    new = base("prepend").grow(growth).grow(growth)
    assert expected(new).records == 15_000 + 2 * 500 - 2 * 5
    for project in new.project_ids():
        assert len(texts(new, project)) == new.size(project)


def test_records_come_somewhere_where_chance_would_choose_nobody() -> None:
    small = DemoDataset(clients=3, projects=5, records=300, seed=1)
    for generation in range(60):
        small = small.grow(Growth(records=10))
        assert small.generation == generation + 1
