"""The cars' database: one writer, and every step of a load or an update one transaction."""
