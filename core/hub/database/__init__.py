"""The hub's SQLite file: users, settings, where each is in the menu, tasks. One writer."""
