"""Indexes for the filters that most pages of a site have, in the order of the usual sort.

Without them a page of one mark was read from the newest listing on, until twenty of that mark were
found: a thousand rows for twenty, and the database was most of an answer's time.
"""

from alembic import op

revision = "3"
down_revision = "2"

_MOST_ASKED = ("mark", "body_type")


def upgrade() -> None:
    for column in _MOST_ASKED:
        op.execute(
            f"CREATE INDEX api_{column} ON processed_data ({column}, updated_at, inner_id) "
            "WHERE active_status = 0"
        )
