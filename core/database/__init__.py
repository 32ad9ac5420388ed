"""What every database file needs: who holds it, room left, failures and their sentences."""
