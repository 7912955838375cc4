"""Runs registration alone in this process."""

from chassis.logs import configure
from chassis.running import run
from chassis.settings import Settings
from services.registration.main import registration

configure()
run(registration(Settings()))
