"""Settings of registration alone."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RegistrationSettings(BaseSettings):
    """What registration needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    rule_authors: frozenset[str] = Field(
        default=frozenset(),
        description="staff references of those who wrote or switched the rules; they decide no objection. Production needs one at least",
    )
