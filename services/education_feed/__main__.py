"""Runs the education feed alone in this process."""

from chassis.logs import configure
from chassis.running import run
from chassis.settings import Settings
from services.education_feed.main import education_feed

configure()
run(education_feed(Settings()))
