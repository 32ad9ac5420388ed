"""The services that the hub steers, each over HTTP: the only files that know their addresses."""
