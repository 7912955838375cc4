"""Runs notifications alone in this process."""

from chassis.logs import configure
from chassis.running import run
from chassis.settings import Settings
from services.notifications.main import notifications

configure()
run(notifications(Settings()))
