"""What `python dev.py` can do; nothing of it is in the shipped program."""
