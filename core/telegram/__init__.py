"""Telegram: know and steer a run from the phone (off unless set).

    telegram = TelegramSwitch(collector)
    telegram.apply(settings)
    ...
    telegram.stop()

Everything runs in one thread with a loop of its own. Towards the engine there is one door,
`Inbox.put`, which stores the event and returns: whatever Telegram does, a run does not notice.

    engine ─ inbox ─ digest (which events are worth a message) ─ outbox ─ api ─ Telegram
    Telegram ─ api ─ poller ─ commands ─ collector, queries, reports
"""
