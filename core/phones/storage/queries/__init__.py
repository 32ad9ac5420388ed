"""All numbers that anybody is shown come from here: window, command line, exports, Telegram.

Every function takes a `core.phones.storage.reader.Reader`, reads only, returns frozen dataclasses
and raises StorageFailure. The functions are grouped by subject:

* `overview`  totals of the database, how far an unfinished run got
* `runs`      runs, what failed in them, growth run by run
* `growth`    growth by day, top clients and projects of a run
* `tables`    clients, projects and rejected numbers, page by page
* `phones`    phones: paging, search as you type, filters
* `phone`     one phone and where it was seen
* `compare`   two runs against each other
* `report_rows`  the rows of the reports, streamed in short reads
"""
