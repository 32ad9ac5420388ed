"""A claim finds its task by the one index made for it, however large the group is."""

from sqlalchemy import text

from core.campaigns.storage.claim_sql import NEXT_TASK
from tests.campaigns.kit import Kit


def test_a_claim_neither_sorts_nor_reads_finished_tasks(kit: Kit) -> None:
    """Also right after an import, when the server knows nothing of the new rows yet."""
    kit.group([str(chat) for chat in range(1, 3000)])
    kit.session()
    kit.rows_changed("UPDATE tasks SET status = 'completed' WHERE id % 3 > 0")
    bound = NEXT_TASK.params(b_group="g", b_sender=1, b_now=kit.clock.now())
    statement = str(
        bound.compile(dialect=kit.engine.dialect, compile_kwargs={"literal_binds": True})
    )
    is_sqlite = kit.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    with kit.engine.begin() as connection:
        rows = connection.execute(text(f"{explain} {statement}".replace(":00+", r"\:00+"))).all()
    plan = "\n".join(str(row[-1]) for row in rows)
    assert "tasks_in_order" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
