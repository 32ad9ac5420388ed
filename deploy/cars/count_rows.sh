#!/bin/sh
# The number of rows of each of the cars' tables, a line each.
set -eu
for table in api_tokens load_pages operations_log price_history processed_data raw_data sync_state; do
    printf '%s %s\n' "$table" "$(psql -XAtq -v ON_ERROR_STOP=1 -c "SELECT count(*) FROM $table")"
done
