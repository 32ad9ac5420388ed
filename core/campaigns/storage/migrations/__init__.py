"""Steps from an empty database to the present tables, one a file. What a step did never changes."""
