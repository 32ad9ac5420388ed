#!/bin/sh
# restore.sh FILE: what dump.sh wrote into the empty database that PGDATABASE names; then counts.
# Where it is stands in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE.
set -eu
file=${1:?usage: restore.sh FILE}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
there=$(psql -XAtq -c "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
if [ "$there" != 0 ]; then
    echo "The database $PGDATABASE is not empty: it was left as it is." >&2
    exit 1
fi
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges \
    --dbname="${PGDATABASE:?}" "$file"
psql -XAtq -c ANALYZE
counts=$(sh "$here/count_rows.sh")
printf '%s\n' "$counts"
if [ "$counts" != "$(cat "$file.rows")" ]; then
    echo "The numbers of rows are not those of $file.rows." >&2
    exit 1
fi
echo "Restored: every table has as many rows as when it was written."
