"""Reports as files: CSV, XLSX and the base of distinct numbers.

Their rows come from `core.phones.storage.queries.report_rows`.

* `catalog`    which reports there are, their columns and rows
* `cells`      no cell may run as a formula
* `csv_table`, `xlsx_table`  the two formats
* `parts`      a table cut into files that Excel can open
* `workshop`   files appear complete or not at all
* `export`     makes the files of a report
"""
