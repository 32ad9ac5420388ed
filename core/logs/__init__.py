"""The log: its file, the form of its lines, and the masking of secrets and numbers in them."""
