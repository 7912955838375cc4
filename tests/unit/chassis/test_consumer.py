"""Handlers are bound to event classes, each once."""

from collections.abc import Sequence

import pytest

from chassis.consumer import Consumer
from chassis.received import Received
from chassis.uow import UnitOfWork
from tests.support.shop import TOY_SHOP, Ordered, Stopped, on


async def _handle(uow: UnitOfWork, events: Sequence[Received[Ordered]]) -> None:
    """Do nothing."""


def test_a_class_has_one_handler_in_a_service() -> None:
    consumer = Consumer("group")
    consumer(Ordered)(_handle)

    with pytest.raises(ValueError, match="Ordered already has a handler in group"):
        consumer(Ordered)


def test_the_topics_are_those_of_the_bound_classes() -> None:
    assert list(on.topics) == [TOY_SHOP.topic]
    assert [on.bindings[event].passes_parked for event in (Ordered, Stopped)] == [False, True]
