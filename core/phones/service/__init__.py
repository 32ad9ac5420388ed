"""The phone collector over HTTP, where SERVICE_HTTP says so: watched and steered by other programs.

It needs requirements-server.txt; `core.phones.service_switch` imports it when it is switched on.
"""
