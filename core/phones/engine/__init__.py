"""Runs: who does what when, at which pace, and what happens when it fails."""
