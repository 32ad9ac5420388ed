"""The migrations make exactly the tables that the code knows."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from core.cars.database import MIGRATIONS
from core.cars.tables import metadata, sync_state
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "index" or not (name or "").startswith("api_")


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_steps_lead_to_the_tables(database_url: str) -> None:
    place = parse_place(database_url, "CARS_DATABASE_URL")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": MIGRATIONS.version_table,
                # Indexes on expressions are compared by what they do: tests/cars/api.
                "include_name": _is_compared,
            },
        )
        assert compare_metadata(context, metadata) == []
        state = connection.execute(select(sync_state)).one()
    assert (state.id, state.phase, state.version, state.next_page) == (1, "loading", 0, None)
    engine.dispose()


def test_postgresql_packs_trees_by_the_fast_way(postgres_url: str) -> None:
    """Debian's is built with LZ4; one that is not goes on as it is."""
    place = parse_place(postgres_url, "CARS_DATABASE_URL")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    with engine.connect() as connection:
        packed = connection.scalars(
            text(
                "SELECT attrelid::regclass || '.' || attname FROM pg_attribute "
                "WHERE attcompression = 'l' ORDER BY 1"
            )
        ).all()
    assert packed == [
        "processed_data.configuration",
        "processed_data.images",
        "processed_data.normalized_data",
        "raw_data.data",
    ]
    engine.dispose()
