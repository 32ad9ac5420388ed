"""A list of numbers from outside, compared with what is stored. Nothing of it is kept.

* `columns`  which column holds the numbers
* `found`    the numbers in its cells
* `check`    reads the list and asks the database about each number
* `scratch`  the tables of that, in a file without a name
* `answers`  rows of the answer by filter, page by page or all
* `writing`  the answer as CSV or XLSX beside the list's own columns
"""
