"""A stand-in for DataMaster: made-up data over real HTTP on 127.0.0.1.

`--demo` collects from it, and so do the tests and benchmarks: it misbehaves on request and keeps
a journal of what it was asked.
"""
