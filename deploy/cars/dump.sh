#!/bin/sh
# dump.sh FILE: the cars' PostgreSQL database into one file, with the number of rows of each table.
# Where the database is stands in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE.
set -eu
file=${1:?usage: dump.sh FILE}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
part="$file.part"
trap 'rm -f "$part"' EXIT
counts=$(sh "$here/count_rows.sh")
pg_dump --format=custom --no-owner --no-privileges --file="$part"
after=$(sh "$here/count_rows.sh")
if [ "$counts" != "$after" ]; then
    echo "Rows changed while they were read: stop the update and dump again." >&2
    exit 1
fi
pg_restore --list "$part" >/dev/null
mv "$part" "$file"
printf '%s\n' "$counts" >"$file.rows"
printf '%s\n' "$counts"
echo "Written: $file and $file.rows"
