"""Indexes for the API: each order of /offers as it is read, and filters that find little."""

import logging

from alembic import op
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

revision = "2"
down_revision = "1"

# The same expressions as in core/cars/api/cursors.py: what has no number comes last both ways.
_ORDERS = {
    "api_price_up": "COALESCE(price, 2147483647), inner_id",
    "api_price_down": "COALESCE(price, -1), inner_id",
    "api_year_up": "COALESCE(year, 2147483647), inner_id",
    "api_year_down": "COALESCE(year, -1), inner_id",
    "api_km_age_up": "COALESCE(km_age, 2147483647), inner_id",
}
# Filters that together find little: their rows are found by all of them at once.
_FILTERS = (
    "mark, model, color, engine_type, transmission_type, body_type, drive_type, seller_type, city"
)


def upgrade() -> None:
    for name in ("processed_data_price", "processed_data_year", "processed_data_km_age"):
        op.drop_index(name, table_name="processed_data")
    for name, columns in _ORDERS.items():
        op.execute(f"CREATE INDEX {name} ON processed_data ({columns}) WHERE active_status = 0")
    if op.get_context().dialect.name == "postgresql":
        _on_postgresql()


def _on_postgresql() -> None:
    """What needs extensions of PostgreSQL's own contrib; without them it works, but slower."""
    connection = op.get_bind()
    for extension, index in (
        ("btree_gin", f"api_filters ON processed_data USING gin ({_FILTERS})"),
        ("pg_trgm", "api_search ON processed_data USING gin (search gin_trgm_ops)"),
    ):
        try:
            with connection.begin_nested():
                op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                op.execute(f"CREATE INDEX {index} WHERE active_status = 0")
        except DBAPIError:
            log.warning("PostgreSQL has no %s (package postgresql-contrib)", extension)
