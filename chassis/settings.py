"""Settings of one service process, read from `HUB_*` variables or given in code by the all-in-one hub."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What every service needs to run; production is the default, so that a forgotten variable never opens a sandbox door.

    The evidence log's, the carriers' and the print house's addresses stand here too; only notifications reads them.
    """

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore")

    mode: Literal["sandbox", "production"] = "production"
    database: str = Field(description="postgresql:// address of the service's own database, with its own role")
    vault_database: str = Field(description="postgresql:// address of the vault, with the service's own role")
    bus: str = Field(description="postgresql://... (one machine) or kafka://host:port[,host:port]")
    keys: Path = Field(description="folder of the keys, outside every database, mode 0700")
    issuer_jwks: str = Field(
        default="", description="file or https address of the token issuer's public keys; empty: `issuer.jwks.json` in `keys`"
    )
    issuer: str = "urn:hub:sandbox:issuer"
    host: str = "127.0.0.1"
    port: int = 0
    instance: str = Field(default="1", description="stable name of this process among its siblings; its static group membership")
    pool_size: int = 6
    vault_pool_size: int = 3
    key_cache_s: float = Field(
        default=60.0, gt=0, le=60, description="age of a data key at which a process drops it; the same everywhere: erasures wait for it"
    )
    consumer_batch: int = 500
    consumer_linger_s: float = 0.0
    # Facts of the last minutes may still be on their way between services when a date comes; a sandbox settles before its clock moves.
    timer_grace_s: float = Field(
        default=300.0, description="how long after its due instant a timer fires in production; it keeps that instant"
    )
    outbox_limit: int = Field(default=100_000, description="rows waiting for the bus beyond which bulk intake answers 503")
    body_limit: int = Field(default=64 * 1024 * 1024, description="bytes of one request body")
    line_limit: int = Field(default=64 * 1024, description="bytes of one line of a bulk body")
    controller: str = Field(default="0999990321", description="enterprise number of the controller (VDAB); the default is the sandbox's")
    topic_partitions: int = 12
    topic_replication: int = 1
    log_origin: str = Field(default="log.hub.invalid/notices/2026", description="the evidence log's own name (C2SP origin)")
    checkpoints: Path = Field(
        default=Path("checkpoints"), description="second store of the evidence log: another volume, better another host"
    )
    mail: str = Field(
        default="", description="where notices by e-mail go: `mx` (own look-up in DNS), or smtp://host:port of a smart host; empty: nowhere"
    )
    sms: str = Field(default="", description="address of the SMS gateway; empty: nowhere")
    portal: str = Field(default="", description="address of the portal's mailboxes; empty: nowhere")
    print_folder: Path = Field(default=Path("print"), description="where letters are put for the print house")

    @property
    def sandbox(self) -> bool:
        """Whether test numbers, demo keys and a movable clock are allowed (and real-looking numbers are not)."""
        return self.mode == "sandbox"
