"""A built-in vendor with made-up listings on 127.0.0.1: for --demo, tests and benchmarks."""
