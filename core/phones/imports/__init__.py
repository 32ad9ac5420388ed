"""Older bases taken in: their numbers are known before the first run, and can be let go again.

* `sqlite_list` the numbers of a SQLite file, as a list
* `dates`       when a number was seen first, in the writings of lists
* `take_in`     an import, in one transaction
* `undo`        the same backwards: as if it had never been
* `history`     which imports there were
"""
