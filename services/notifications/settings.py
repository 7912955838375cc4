"""Settings of notifications beside those every service has."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notifications.usecases.book import DEFAULT


class NotificationSettings(BaseSettings):
    """What only this service reads from `HUB_*` variables."""

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    notice_book: Path = Field(default=DEFAULT, description="what letters say about VDAB itself and a row for each purpose")
