"""The migrations make exactly the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select

from core.cars.database import MIGRATIONS
from core.cars.tables import metadata, sync_state
from core.database.sql.engine import open_engine
from core.database.sql.place import parse_place


def test_the_steps_lead_to_the_tables(database_url: str) -> None:
    place = parse_place(database_url, "CARS_DATABASE_URL")
    engine = open_engine(place)
    MIGRATIONS.upgrade(engine, place)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": MIGRATIONS.version_table}
        )
        assert compare_metadata(context, metadata) == []
        state = connection.execute(select(sync_state)).one()
    assert (state.id, state.phase, state.version, state.next_page) == (1, "loading", 0, None)
    engine.dispose()
