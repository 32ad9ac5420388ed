"""The campaigns' database: one code for SQLite and PostgreSQL."""
