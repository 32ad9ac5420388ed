"""The HTTP API that a front end reads: only listings on sale, only what the normaliser wrote.

filters, cursors   what a request may ask for
offers_sql         how the database is asked, the same on both databases
reading            asking it without blocking the loop
counts             how many listings a filter finds, from memory
routes             the endpoints
"""
