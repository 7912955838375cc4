"""Runs notifications alone in this process."""

import asyncio

from chassis.logs import configure
from chassis.running import run_until_told
from chassis.settings import Settings
from services.notifications.main import notifications

configure()
asyncio.run(run_until_told(notifications(Settings())))
