"""What it costs, measured: `python dev.py bench` runs all of it. No test asserts a speed."""
