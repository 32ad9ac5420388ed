"""Tables for people: CSV and XLSX files whose cells no spreadsheet runs."""
