"""The tables of the cars' database. Names and meanings are a contract with whoever reads them.

A listing is found by `inner_id` in all of them. `active_status` is 0 for a listing that is on
sale and 1 for one that is not. Times are UTC.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

from core.database.sql.column_types import BIG, JSON_TREE, UtcTime, decimal

ACTIVE = 0
GONE = 1

metadata = MetaData()

# What the vendor says, as it came. `data` has everything that is known of the listing but the
# personal data of its seller.
raw_data = Table(
    "raw_data",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("inner_id", Text, nullable=False, unique=True),
    Column("api_id", BIG),
    Column("change_type", Text, nullable=False),
    Column("created_at", UtcTime),  # of the newest applied change, by the vendor's clock
    Column("data", JSON_TREE, nullable=False),
    Column("first_loaded_at", UtcTime, nullable=False),
    Column("last_updated_at", UtcTime, nullable=False),
    Column("source", Text, nullable=False),  # 'initial_load' or 'daily_update'
    Column("active_status", SmallInteger, nullable=False),
    Column("is_processed", Boolean, nullable=False),
    Column("last_change_id", BIG),  # of the newest applied change; NULL where none was
    Column("process_problem", Text),  # why it could not be normalised
    Index("raw_data_active_status", "active_status"),
    Index("raw_data_is_processed", "is_processed"),
)

# What our API serves: typed, cleaned, one vocabulary. Written by the normaliser alone.
processed_data = Table(
    "processed_data",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("inner_id", Text, nullable=False, unique=True),
    Column("active_status", SmallInteger, nullable=False),
    Column("url", Text),
    Column("mark", Text),
    Column("model", Text),
    Column("title", Text),
    Column("configuration", JSON_TREE),
    Column("year", Integer),
    Column("color", Text),
    Column("price", Integer),  # CNY
    Column("km_age", Integer),
    Column("engine_type", Text),
    Column("transmission_type", Text),
    Column("body_type", Text),
    Column("drive_type", Text),
    Column("displacement", decimal(4, 2)),  # litres
    Column("power", Integer),  # hp
    Column("address", Text),
    Column("city", Text),
    Column("seller_type", Text),
    Column("is_dealer", Boolean),
    Column("section", Text),
    Column("salon_id", Text),
    Column("description", Text),
    Column("vin", Text),
    Column("offer_created", Date),
    Column("first_registration", Text),  # YYYY-MM
    Column("specid", Text),
    Column("car_name", Text),
    Column("manufacturer", Text),
    Column("car_class", Text),
    Column("fuel_type", Text),
    Column("emission_standard", Text),
    Column("engine_model", Text),
    Column("displacement_l", decimal(4, 2)),
    Column("max_horsepower", Integer),
    Column("max_power_kw", Integer),
    Column("transmission_type_detail", Text),
    Column("gears", Integer),
    Column("images", JSON_TREE),  # list of addresses
    Column("normalized_data", JSON_TREE, nullable=False),  # originals of codes, and `problems`
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # Of the transaction that changed the row last, in the order of commits: see sync_state.
    Column("version", BIG, nullable=False),
    Column("fingerprint", BIG, nullable=False),  # of all columns above but the times
    Column("search", Text, nullable=False),  # mark, model, car_name and title, case folded
    Index("processed_data_version", "version", "inner_id"),
    Index(
        "processed_data_updated_at",
        "updated_at",
        "inner_id",
        sqlite_where=text("active_status = 0"),
        postgresql_where=text("active_status = 0"),
    ),
    Index("processed_data_mark_model", "mark", "model"),
    # The API's own indexes, api_…, hold expressions: they stand in migrations/v0002_api.py.
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("token", Text, nullable=False, unique=True),  # a hash
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("description", Text),
    Column("last_used_at", UtcTime),
)

operations_log = Table(
    "operations_log",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("operation_type", Text, nullable=False),  # 'data_fetch' or 'normalization'
    Column("started_at", UtcTime, nullable=False),
    Column("duration", Float, nullable=False),  # seconds
    Column("status", Text, nullable=False),  # 'OK' (without a single error) or 'ERROR'
    Column("details", JSON_TREE),  # counts
    Index("operations_log_operation_type", "operation_type"),
    Index("operations_log_started_at", "started_at"),
    Index("operations_log_status", "status"),
)

# One row, id 1, there from the beginning: how far everything is. A page and its place here are one
# transaction. A load that never began is 'loading' with no next_page.
sync_state = Table(
    "sync_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last_successful_date", Date),  # Moscow's day on which the feed was read to its end
    Column("last_change_id", BIG),  # the next one to ask for
    Column("updated_at", UtcTime, nullable=False),
    Column("phase", Text, nullable=False),  # 'loading', 'replaying', 'current'
    Column("load_from_id", BIG),  # the feed's place when the load began
    Column("next_page", Integer),
    # Further passes of a load over /offers find what slipped by: which pass it is, and since when.
    Column("load_pass", Integer, nullable=False),
    Column("pass_started_at", UtcTime),
    # The one writer raises it in each transaction that changes processed_data and puts it into
    # the rows, so it grows in the order of commits: who has read up to a version missed nothing.
    Column("version", BIG, nullable=False),
)

# Pages of /offers that failed and are asked again at the end of the load.
load_pages = Table(
    "load_pages",
    metadata,
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),  # 'waiting' for its turn, or 'lost' in this load
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

# Every price that was seen, the first included.
price_history = Table(
    "price_history",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("inner_id", Text, nullable=False),
    Column("price", Integer, nullable=False),  # CNY
    Column("seen_at", UtcTime, nullable=False),
    Index("price_history_inner_id", "inner_id"),
)
