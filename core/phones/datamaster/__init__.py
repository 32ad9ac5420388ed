"""Everything that knows DataMaster: its commands, its field names, its built-in stand-in."""
