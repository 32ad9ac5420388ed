"""Settings: their table, where they come from, and the folders they name."""
