"""Runs the integration feed alone in this process."""

from chassis.logs import configure
from chassis.running import run
from chassis.settings import Settings
from services.integration_feed.main import integration_feed

configure()
run(integration_feed(Settings()))
