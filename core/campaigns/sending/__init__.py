"""Who sends what when: pace, quiet hours, choice of messages, workers and their supervision."""
