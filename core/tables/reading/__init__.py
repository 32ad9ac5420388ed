"""Lists that people bring: text and CSV of any encoding, Excel workbooks, a clipboard.

    with open_list(path) as rows_of:
        for batch in rows_of.batches(): ...

Every row comes as texts. Memory does not grow with the file.

* `encoding`   which letters the bytes of a text file are
* `text_list`  CSV and text: delimiter, quotes, rows
* `workbook`   the first sheet of an .xlsx, row by row
* `sheet_cells` what stands in a cell: shared texts, numbers, dates
* `list_file`  which of these a file is
"""
