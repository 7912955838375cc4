"""Runs the education feed alone in this process."""

import asyncio

from chassis.logs import configure
from chassis.running import run_until_told
from chassis.settings import Settings
from services.education_feed.main import education_feed

configure()
asyncio.run(run_until_told(education_feed(Settings())))
