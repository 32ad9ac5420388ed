"""The built-in Bot API: real HTTP on 127.0.0.1, for `--demo` and for tests."""
