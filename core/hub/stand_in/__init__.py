"""Stand-ins of Telegram and of the services, over real HTTP: for the demo and for the tests.

They can be out of reach (`go_down`), slow, and answer what no client should have to read.
"""
