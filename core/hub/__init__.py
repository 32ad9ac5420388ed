"""The hub: one Telegram panel for every collector. It steers services and collects nothing.

    Telegram ─ chat/listening ─ dispatcher ─ menu (places) ─ database (one writer)
                                   │             └ effects ─ services, accounts, tasks
    Telegram ─ chat/painter ───────┘

A press or a typed text is decided in one transaction of the database's thread: who it is, whether
the button is his and of today, what changes. Only then is it shown, and only then does anything
happen outside. So a kill at any moment loses nothing that was answered.
"""
