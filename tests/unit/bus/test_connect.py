"""The scheme of an address chooses the bus; the declared topics are the four producers'."""

import pytest

from chassis.bus.connect import connect
from chassis.bus.errors import UnknownScheme
from chassis.bus.kafka.bus import KafkaBus
from chassis.bus.port import Outgoing
from chassis.bus.postgres.bus import PostgresBus
from chassis.bus.topics import declared


def test_the_scheme_chooses_the_bus() -> None:
    assert isinstance(connect("postgresql://registration:x@127.0.0.1:5432/bus", "registration"), PostgresBus)
    assert isinstance(connect("kafka://one:9092,two:9092", "registration"), KafkaBus)


def test_an_unknown_scheme_says_which_there_are() -> None:
    with pytest.raises(UnknownScheme, match="postgresql:// or kafka://"):
        connect("amqp://broker", "registration")


def test_there_is_one_topic_per_producing_service() -> None:
    assert [spec.name for spec in declared()] == [
        "vdab.education-feed.v1",
        "vdab.integration-feed.v1",
        "vdab.registration.v1",
        "vdab.notification.v1",
    ]
    assert {spec.partitions for spec in declared()} == {12}
    assert declared(6, prefix="reset-2.")[0].name == "reset-2.vdab.education-feed.v1"


def test_the_size_of_a_record_is_key_value_and_headers() -> None:
    assert Outgoing("t", b"key", b"value", (("naïve", b"12"),)).size == 3 + 5 + 6 + 2
