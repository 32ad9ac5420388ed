"""The first tables."""

import sqlalchemy as sa
from alembic import op

from core.database.sql.column_types import BIG, JSON_TREE, UtcTime, decimal

revision = "1"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "raw_data",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("inner_id", sa.Text, nullable=False, unique=True),
        sa.Column("api_id", BIG),
        sa.Column("change_type", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime),
        sa.Column("data", JSON_TREE, nullable=False),
        sa.Column("first_loaded_at", UtcTime, nullable=False),
        sa.Column("last_updated_at", UtcTime, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("active_status", sa.SmallInteger, nullable=False),
        sa.Column("is_processed", sa.Boolean, nullable=False),
        sa.Column("last_change_id", BIG),
        sa.Column("process_problem", sa.Text),
    )

    op.create_table(
        "processed_data",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("inner_id", sa.Text, nullable=False, unique=True),
        sa.Column("active_status", sa.SmallInteger, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("mark", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("configuration", JSON_TREE),
        sa.Column("year", sa.Integer),
        sa.Column("color", sa.Text),
        sa.Column("price", sa.Integer),
        sa.Column("km_age", sa.Integer),
        sa.Column("engine_type", sa.Text),
        sa.Column("transmission_type", sa.Text),
        sa.Column("body_type", sa.Text),
        sa.Column("drive_type", sa.Text),
        sa.Column("displacement", decimal(4, 2)),
        sa.Column("power", sa.Integer),
        sa.Column("address", sa.Text),
        sa.Column("city", sa.Text),
        sa.Column("seller_type", sa.Text),
        sa.Column("is_dealer", sa.Boolean),
        sa.Column("section", sa.Text),
        sa.Column("salon_id", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("vin", sa.Text),
        sa.Column("offer_created", sa.Date),
        sa.Column("first_registration", sa.Text),
        sa.Column("specid", sa.Text),
        sa.Column("car_name", sa.Text),
        sa.Column("manufacturer", sa.Text),
        sa.Column("car_class", sa.Text),
        sa.Column("fuel_type", sa.Text),
        sa.Column("emission_standard", sa.Text),
        sa.Column("engine_model", sa.Text),
        sa.Column("displacement_l", decimal(4, 2)),
        sa.Column("max_horsepower", sa.Integer),
        sa.Column("max_power_kw", sa.Integer),
        sa.Column("transmission_type_detail", sa.Text),
        sa.Column("gears", sa.Integer),
        sa.Column("images", JSON_TREE),
        sa.Column("normalized_data", JSON_TREE, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("fingerprint", BIG, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
    )

    op.create_table(
        "api_tokens",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime),
        sa.Column("description", sa.Text),
        sa.Column("last_used_at", UtcTime),
    )

    op.create_table(
        "operations_log",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("operation_type", sa.Text, nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("duration", sa.Float, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("details", JSON_TREE),
    )

    op.create_table(
        "sync_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("last_successful_date", sa.Date),
        sa.Column("last_change_id", BIG),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("load_from_id", BIG),
        sa.Column("next_page", sa.Integer),
        sa.Column("load_pass", sa.Integer, nullable=False),
        sa.Column("pass_started_at", UtcTime),
        sa.Column("version", BIG, nullable=False),
    )

    op.create_table(
        "load_pages",
        sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )

    op.create_table(
        "price_history",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("inner_id", sa.Text, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("seen_at", UtcTime, nullable=False),
    )
    op.create_index("raw_data_active_status", "raw_data", ["active_status"])
    op.create_index("raw_data_is_processed", "raw_data", ["is_processed"])
    op.create_index("processed_data_version", "processed_data", ["version", "inner_id"])
    op.create_index(
        "processed_data_updated_at",
        "processed_data",
        ["updated_at", "inner_id"],
        sqlite_where=sa.text("active_status = 0"),
        postgresql_where=sa.text("active_status = 0"),
    )
    op.create_index("processed_data_mark_model", "processed_data", ["mark", "model"])
    op.create_index("processed_data_price", "processed_data", ["price", "inner_id"])
    op.create_index("processed_data_year", "processed_data", ["year", "inner_id"])
    op.create_index("processed_data_km_age", "processed_data", ["km_age", "inner_id"])
    op.create_index("operations_log_operation_type", "operations_log", ["operation_type"])
    op.create_index("operations_log_started_at", "operations_log", ["started_at"])
    op.create_index("operations_log_status", "operations_log", ["status"])
    op.create_index("price_history_inner_id", "price_history", ["inner_id"])
    op.execute(
        "INSERT INTO sync_state (id, updated_at, phase, load_pass, version) "
        "VALUES (1, CURRENT_TIMESTAMP, 'loading', 1, 0)"
    )
