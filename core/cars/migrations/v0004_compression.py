"""PostgreSQL packs trees by LZ4, which takes it less time than its own way, for some more room.

What is stored already stays as it is; both are read alike. Why: docs/benchmarks.md, Cars.
"""

import logging

from alembic import op
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

revision = "4"
down_revision = "3"

_TREES = {
    "raw_data": ("data",),
    "processed_data": ("configuration", "images", "normalized_data"),
}


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    try:
        with op.get_bind().begin_nested():
            for table, columns in _TREES.items():
                for column in columns:
                    op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4")
    except DBAPIError:
        log.info("PostgreSQL was built without LZ4")
