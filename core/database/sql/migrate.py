"""Brings a database to the present tables, by Alembic and without its configuration file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from core.database.sql.failures import foreign, missing, outdated, told, too_new
from core.database.sql.hold import lock_number
from core.database.sql.place import Place


@dataclass(frozen=True, slots=True)
class Migrations:
    """One system's tables: `folder` holds its steps, `version_table` says which were taken.

    Systems may lie side by side in one PostgreSQL database, each with its own version.
    """

    folder: Path
    version_table: str
    tables: MetaData

    def upgrade(self, engine: Engine, place: Place) -> bool:
        """Take all missing steps in one transaction, or none; True where there were any.

        Whoever comes second waits and finds it done. Makes the folder of a file. Raises a
        UserError where the database belongs to another program, is newer, or cannot be used.
        """
        with told(place):
            if place.file is not None:
                place.file.parent.mkdir(parents=True, exist_ok=True)
            with engine.begin() as connection:
                if not place.is_file:
                    number = lock_number(f"migrate {self.version_table}")
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:number)"), {"number": number}
                    )
                return self._upgrade(connection, place)

    def _upgrade(self, connection: Connection, place: Place) -> bool:
        script = ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])
        taken = 0

        def steps(current: tuple[str, ...], _context: object) -> Iterable[MigrationStep]:
            nonlocal taken
            if not current:
                self._check_empty(connection, place)
            try:
                missing = list(script.iterate_revisions("head", current or "base"))
            except (CommandError, ResolutionError):
                raise too_new(place) from None
            taken = len(missing)
            return [
                MigrationStep.upgrade_from_script(script.revision_map, revision)
                for revision in reversed(missing)
            ]

        context = MigrationContext.configure(
            connection,
            opts={
                "fn": steps,
                "script": script,
                "version_table": self.version_table,
                "transactional_ddl": True,
                "target_metadata": self.tables,
            },
        )
        with Operations.context(context):
            context.run_migrations()
        return taken > 0

    def _check_empty(self, connection: Connection, place: Place) -> None:
        there = set(inspect(connection).get_table_names()) - {self.version_table}
        if (place.is_file and there) or there & set(self.tables.tables):
            raise foreign(place)

    def check(self, connection: Connection, place: Place) -> None:
        """For readers, which may take no step: raise a UserError unless all were taken."""
        if not inspect(connection).has_table(self.version_table):
            raise missing(place)
        if not self.is_current(connection):
            raise outdated(place)

    def is_current(self, connection: Connection) -> bool:
        """Whether all steps were taken."""
        script = ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])
        context = MigrationContext.configure(connection, opts={"version_table": self.version_table})
        return set(context.get_current_heads()) == set(script.get_heads())
