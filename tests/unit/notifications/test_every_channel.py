"""Every channel code has what a channel needs; what is missing is named with the file it belongs in (`CONTRIBUTING.md`, a channel)."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import get_args

import pytest

from chassis.settings import Settings
from contracts.codes import Channel, ContactKind
from devkit.sandbox.providers import Name, ProviderAddresses
from services.notifications.carriers import LOOPS, UNCARRIED, Carriers
from services.notifications.domain.channels import ANNOUNCED_BY, MEANS, ON_PAPER, RULES
from services.notifications.domain.notices import STEPS
from services.notifications.settings import NotificationSettings
from services.notifications.usecases.book import NoticeBook
from tests.architecture.house.source import ROOT

ADDRESSES = ProviderAddresses.at("http://127.0.0.1:9")


def _carriers(folder: Path, addresses: ProviderAddresses) -> Carriers:
    settings = Settings(
        mode="sandbox",
        database="postgresql://nobody@127.0.0.1:9/none",
        vault_database="postgresql://nobody@127.0.0.1:9/none",
        bus="",
        keys=folder,
        print_folder=folder,
        **asdict(addresses),
    )
    return Carriers(settings, NotificationSettings(), NoticeBook.read())


@pytest.mark.parametrize("addresses", [ProviderAddresses(), ADDRESSES], ids=["unconfigured", "configured"])
async def test_every_channel_has_one_carrier_whether_its_provider_is_configured_or_not(
    tmp_path: Path, addresses: ProviderAddresses
) -> None:
    carriers = _carriers(tmp_path, addresses)
    carried = [channel for loop in LOOPS for channel in carriers.of(loop).channels]
    await carriers.close()

    assert sorted(carried) == sorted(set(Channel) - UNCARRIED), "services/notifications/carriers.py: one carrier a channel, or UNCARRIED"


def test_every_channel_says_which_answers_move_a_delivery_on() -> None:
    assert set(STEPS) == set(Channel), "services/notifications/domain/notices.py, STEPS: a row a channel"


def test_every_digital_channel_that_a_row_may_choose_hangs_on_a_consent() -> None:
    chosen = {rule.channel for rule in RULES}
    assert chosen - ON_PAPER == set(MEANS), "services/notifications/domain/channels.py, MEANS: by which means each digital channel goes"


def test_every_kind_of_address_but_the_postal_one_hears_of_notices_by_a_channel() -> None:
    announced = set(ContactKind) - {ContactKind.POSTAL}
    assert set(ANNOUNCED_BY) == announced, "services/notifications/domain/channels.py, ANNOUNCED_BY: a channel for each kind of address"


def test_every_carried_channel_but_paper_has_a_simulator_in_the_sandbox() -> None:
    simulated = set(get_args(Name))
    assert simulated == set(Channel) - ON_PAPER - UNCARRIED, "devkit/sandbox/providers.py, Name: a simulated provider a channel"


@pytest.mark.parametrize("document", ["docker-compose.yml", "deploy/README.md"])
def test_the_address_of_every_provider_is_a_setting_that_an_operator_finds(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    missing = [setting for field in fields(ProviderAddresses) if (setting := f"HUB_{field.name.upper()}") not in text]
    assert not missing, f"{document}: nothing about {missing}"
