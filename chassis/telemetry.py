"""The catalogue of metrics: every name, unit and label in one place, none of them personal."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The metrics of one service; several services in one process keep theirs apart by the `service` label."""

    def __init__(self, service: str, registry: CollectorRegistry | None = None) -> None:
        self.service = service
        self.registry = registry or CollectorRegistry()
        self._counters: dict[str, Counter] = {
            "accepted": self._counter("hub_facts_accepted", "facts accepted at a door"),
            "published": self._counter("hub_events_published", "outbox rows the bus has acked"),
            "consumed": self._counter("hub_events_consumed", "records whose effect is committed"),
            "repeated": self._counter("hub_events_repeated", "records the inbox already knew"),
            "fired": self._counter("hub_timers_fired", "timers whose effect is committed"),
            "parked": self._counter("hub_records_parked", "records set aside"),
            "dispatched": self._counter("hub_deliveries_dispatched", "deliveries handed to a channel"),
            "sequenced": self._counter("hub_evidence_sequenced", "leaves under a published checkpoint"),
            "postponed": self._counter("hub_timers_postponed", "times a timer's handler failed and was put off"),
            "pruned": self._counter("hub_rows_pruned", "rows removed because of their age"),
            "restarted": self._counter("hub_loop_restarts", "background loops restarted after a fault"),
        }
        self._gauges: dict[str, Gauge] = {
            "lag": self._gauge("hub_bus_lag_records", "records not yet committed, over the partitions held"),
            "outbox_rows": self._gauge("hub_outbox_rows", "rows waiting for the bus"),
            "outbox_age": self._gauge("hub_outbox_oldest_age_seconds", "age of the oldest row waiting for the bus"),
            "parked_open": self._gauge("hub_parked_open", "records set aside and not yet dealt with"),
            "timers_late": self._gauge("hub_timers_late", "timers past their due instant"),
            "checkpoint_age": self._gauge("hub_checkpoint_age_seconds", "age of the last signed checkpoint"),
            "evidence_waiting": self._gauge("hub_evidence_waiting", "evidence events not yet under a checkpoint"),
        }
        self._batch = Histogram(
            "hub_batch_seconds", "time of one committed batch", ("service", "part"), registry=self.registry, buckets=_LATENCY_S
        )
        self._totals: dict[str, int] = dict.fromkeys(self._counters, 0)

    def _counter(self, name: str, help_text: str) -> Counter:
        counter = Counter(name, help_text, ("service",), registry=self.registry)
        counter.labels(self.service)  # shown as 0 before the first, so that a rate sees it
        return counter

    def _gauge(self, name: str, help_text: str) -> Gauge:
        return Gauge(name, help_text, ("service",), registry=self.registry)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter of the catalogue."""
        if by:
            self._counters[name].labels(self.service).inc(by)
            self._totals[name] += by

    def gauge(self, name: str, value: float) -> None:
        """Set a gauge of the catalogue."""
        self._gauges[name].labels(self.service).set(value)

    def batch(self, part: str, seconds: float) -> None:
        """The time one committed batch took, in seconds."""
        self._batch.labels(self.service, part).observe(seconds)

    @property
    def totals(self) -> dict[str, int]:
        """Every counter as this process has counted it, for the inner door `/counters`."""
        return dict(self._totals)
