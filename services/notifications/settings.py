"""Settings of notifications beside those every service has."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notifications.usecases.book import DEFAULT


class NotificationSettings(BaseSettings):
    """What only this service reads from `HUB_*` variables."""

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    notice_book: Path = Field(default=DEFAULT, description="what letters say about VDAB itself and a row for each purpose")
    mail_from: str = Field(default="berichten@hub.invalid", description="who mail comes from; bounces go to a mailbox of that domain")
    retry_first_s: float = Field(default=60.0, gt=0, description="pause before what a carrier put off is tried again; doubles each time")
    retry_last_s: float = Field(default=1800.0, gt=0, description="the longest pause")
    carrier_timeout_s: float = Field(default=20.0, gt=0, description="how long a carrier may take over one answer")
    sms_token: SecretStr = Field(default=SecretStr(""), description="what the SMS gateway knows us by")
    portal_token: SecretStr = Field(default=SecretStr(""), description="what the portal knows us by")
