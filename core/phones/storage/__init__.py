"""The SQLite file: schema, the one writer, read-only queries, backups."""
