"""From what the vendor says of a listing to clean typed columns, in one vocabulary."""
