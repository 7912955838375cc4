"""Limits that keep a consumer from parking everything, and a server from running out of connections."""

from chassis.reader import ParkingLimit
from chassis.settings import Settings
from devkit.databases import SERVICES

# What one service holds beside its pools: a producer, a subscription, and now and then a link that prunes or declares topics.
BUS_LINKS = 3
# `max_connections` of the embedded server, less those PostgreSQL keeps for its administrator.
CONNECTIONS = 100 - 3


def test_a_run_of_parked_records_stops_a_consumer_and_one_good_record_ends_the_run() -> None:
    limit = ParkingLimit()
    assert [limit.exceeded(1, 1) for _ in range(199)] == [False] * 199
    assert not limit.exceeded(1, 0)
    assert [limit.exceeded(1, 1) for _ in range(199)] == [False] * 199
    assert limit.exceeded(1, 1)


def test_a_high_share_of_parked_records_stops_a_consumer_and_a_low_one_never_does() -> None:
    assert ParkingLimit().exceeded(500, 251)
    assert not ParkingLimit().exceeded(500, 250)
    patient = ParkingLimit()
    assert not any(patient.exceeded(100, 40) for _ in range(100))


def test_m30_all_pools_of_a_hub_fit_in_one_server() -> None:
    fields = Settings.model_fields
    per_service = fields["pool_size"].default + fields["vault_pool_size"].default + BUS_LINKS

    assert per_service * len(SERVICES) <= CONNECTIONS
    # Loops that hold one for good (relay, numbering, sequencer) leave some for doors, consumer and timers.
    assert fields["pool_size"].default - 3 >= 3
