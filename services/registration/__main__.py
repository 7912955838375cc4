"""Runs registration alone in this process."""

import asyncio

from chassis.logs import configure
from chassis.running import run_until_told
from chassis.settings import Settings
from services.registration.main import registration

configure()
asyncio.run(run_until_told(registration(Settings())))
