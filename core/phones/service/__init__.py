"""The phone collector over HTTP, where SERVICE_HTTP says so: watched and steered by other programs.

Only `switch` is imported while it is off; everything else needs requirements-server.txt.
"""
