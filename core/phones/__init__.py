"""The first system: collects the phone numbers of DataMaster's clients into one SQLite file."""
