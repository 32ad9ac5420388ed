"""The two Telegram sessions of a user: logging in, their files, logging out."""
