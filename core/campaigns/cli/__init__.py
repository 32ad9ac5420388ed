"""The commands `app.py campaigns …`."""
