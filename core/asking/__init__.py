"""Asking a server politely: turns, pace, budget, retries, outages, and the HTTP below them."""
