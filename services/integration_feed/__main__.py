"""Runs the integration feed alone in this process."""

import asyncio

from chassis.logs import configure
from chassis.running import run_until_told
from chassis.settings import Settings
from services.integration_feed.main import integration_feed

configure()
asyncio.run(run_until_told(integration_feed(Settings())))
