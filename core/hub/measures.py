"""What Prometheus reads of the hub: counts and times, nothing of anybody."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from core.hub.database.tasks import Service


class Measures:
    """Written by the hub's loop, read by the HTTP server's threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.presses = Counter(
            "hub_presses", "Buttons pressed and texts typed", ["kind"], registry=self.registry
        )
        self.answer_seconds = Histogram(
            "hub_answer_seconds",
            "From a press to what is stored and on its way to the chat",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0),
            registry=self.registry,
        )
        self.ended = Counter(
            "hub_tasks_ended", "Tasks that ended", ["service", "status"], registry=self.registry
        )
        self.watched = Gauge("hub_tasks_watched", "Tasks that go on", registry=self.registry)
        self.waiting = Gauge(
            "hub_messages_waiting", "Messages not shown yet", registry=self.registry
        )
        self.service_up = Gauge(
            "hub_service_up", "Whether a service answers", ["service"], registry=self.registry
        )
        self.telegram_up = Gauge(
            "hub_telegram_up", "Whether Telegram can be reached", registry=self.registry
        )
        for service in Service:
            self.service_up.labels(service.value)
