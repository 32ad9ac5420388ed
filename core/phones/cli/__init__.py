"""The phone collector's subcommands, a module for each, imported when it is used."""
