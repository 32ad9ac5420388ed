"""Where a database is: a file, or a database on a PostgreSQL server."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingsError
from core.i18n import _

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
POSTGRES_PORT = 5432


@dataclass(frozen=True, slots=True)
class Place:
    """`setting` is the name of the setting that says where the database is, for sentences."""

    url: URL
    setting: str

    @property
    def file(self) -> Path | None:
        """The SQLite file, None on a server."""
        return Path(self.url.database or "") if self.is_file else None

    @property
    def is_file(self) -> bool:
        """Whether it is an SQLite file."""
        return self.url.get_backend_name() == SQLITE

    def __str__(self) -> str:
        """For people and for the log: never with the password."""
        if self.is_file:
            return str(self.file)
        port = self.url.port or POSTGRES_PORT
        return f"PostgreSQL {self.url.host or 'localhost'}:{port}/{self.url.database or ''}"


def file_place(path: Path, setting: str) -> Place:
    """The SQLite file at `path`, which need not exist yet."""
    return Place(URL.create(SQLITE, database=str(path)), setting)


def parse_place(text: str, setting: str) -> Place:
    """What an address in the settings names: `sqlite:///path` or `postgresql://user:…@host/name`.

    Raises SettingsError, which tells no password, where it is neither.
    """
    hint = _("It looks like postgresql://user:password@host:5432/name, or sqlite:///data/name.db.")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(
            _("{setting} is no address of a database.").format(setting=setting), hint
        ) from None
    kind = url.get_backend_name()
    if kind in (POSTGRESQL, "postgres") and url.database:
        return Place(url.set(drivername=f"{POSTGRESQL}+psycopg"), setting)
    if kind == SQLITE and url.database and url.database != ":memory:":
        return Place(url.set(drivername=SQLITE), setting)
    raise SettingsError(
        _("{setting} names neither a PostgreSQL database nor an SQLite file.").format(
            setting=setting
        ),
        hint,
    )
