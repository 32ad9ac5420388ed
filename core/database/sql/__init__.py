"""Databases that may be an SQLite file or a PostgreSQL server, by one code.

Needs the packages of requirements-server.txt, so only the systems that keep their data this way
import it, and only when they are used.
"""
