"""The subcommands: the collector without a window."""
