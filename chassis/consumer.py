"""Handlers bound to event classes: what a service does when it reads the bus."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.registry import Event

E = TypeVar("E", bound=Event)
Handler = Callable[[UnitOfWork, Sequence[Received[E]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Binding:
    """One handler; `passes_parked` is set for events that stop things (a death, an objection) and must not wait behind a parked record."""

    handle: Callable[[UnitOfWork, Sequence[Received[Any]]], Awaitable[None]]
    passes_parked: bool = False


class Consumer:
    """The handlers of one service; its name is the consumer group."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.bindings: dict[type[Event], Binding] = {}

    def __call__(self, event: type[E], *, passes_parked: bool = False) -> Callable[[Handler[E]], Handler[E]]:
        """Bind the decorated function to an event class; a class has one handler per service."""
        if event in self.bindings:
            message = f"{event.__name__} already has a handler in {self.group}"
            raise ValueError(message)

        def bind(handle: Handler[E]) -> Handler[E]:
            self.bindings[event] = Binding(handle, passes_parked)
            return handle

        return bind

    @property
    def topics(self) -> Sequence[str]:
        """The topics that carry the bound events."""
        return sorted({event.topic for event in self.bindings})
