"""What is done with the database and the vendor: load, update, reconcile, normalise."""
