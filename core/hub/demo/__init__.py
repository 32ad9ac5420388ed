"""The hub without Telegram: a chat in the terminal, against the stand-ins."""
