"""Runs Apache Kafka as one KRaft node without a container engine, from jars that Maven brings once."""

import base64
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from devkit import processes
from devkit.errors import DidNotStart, NotInstalled

VERSION = "4.1.1"
OLDEST_JAVA = 17  # Kafka 4 brokers (KIP-1013)
GET_JAVA = "apt-get install openjdk-17-jre-headless maven   (or: make system-deps)"
PORT = 9092
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 60.0
_RESOURCES = Path(__file__).parent / "kafka_jars"
_ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill -9 the node may not register again before its former life has timed out: 9 s by default.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}


@dataclass(frozen=True, slots=True)
class KafkaProcess:
    """A running broker."""

    home: Path
    port: int
    pid: int

    @property
    def bootstrap(self) -> str:
        """The address clients start from."""
        return f"127.0.0.1:{self.port}"

    @property
    def bus(self) -> str:
        """The value of HUB_BUS."""
        return f"kafka://{self.bootstrap}"


def up(
    home: Path,
    *,
    port: int = PORT,
    settings: Mapping[str, str] | None = None,
    ends_with_us: bool = False,
    say: Callable[[str], None] = typer.echo,
) -> KafkaProcess:
    """Start the broker of `home` (data in `home/kafka`), or return the one already running there.

    `settings` are broker properties. The broker outlives us unless `ends_with_us`.

    Raises:
        NotInstalled: no Java or no Maven; the message holds the command that gets them.
        DidNotStart: the broker did not answer; the message holds the end of its log.
    """
    home = home.resolve()
    if (broker := running(home)) is not None:
        return broker
    java, libs = find_java(), jars(say)
    properties = _write_properties(home, port, settings or {})
    if not (_folder(home) / "data" / "meta.properties").exists():
        format_it = ["kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id(), "-c", str(properties)]
        _check([str(java), "-cp", f"{libs}/*", *format_it], _folder(home) / "format.log")
    say(f"starting Kafka {VERSION} on 127.0.0.1:{port}")
    bound = processes.ending_with_us(signal.SIGTERM) if ends_with_us else ()
    options = ["-Xmx512m", f"-Dlog4j2.configurationFile={_RESOURCES / 'log4j2.properties'}", "-cp", f"{libs}/*"]
    pid = processes.spawn([*bound, str(java), *options, "kafka.Kafka", str(properties)], _log(home), os.environ, folder=_folder(home))
    _pid_file(home).write_text(f"{pid} {port}")
    return _await_answer(KafkaProcess(home, port, pid))


def down(home: Path, *, how: signal.Signals = signal.SIGTERM) -> None:
    """Stop the broker of `home` if it runs; SIGKILL is a crash.

    Raises:
        DidNotStop: it is still there after a minute.
    """
    if (broker := running(home)) is not None:
        processes.end(broker.pid, how, "Kafka", STOP_TIMEOUT_S)


def running(home: Path) -> KafkaProcess | None:
    """Return the broker of `home`, if its process lives."""
    home = home.resolve()
    if not _pid_file(home).exists():
        return None
    pid, port = map(int, _pid_file(home).read_text().split())
    return KafkaProcess(home, port, pid) if processes.is_ours(pid, str(_properties(home))) else None


def jars(say: Callable[[str], None] = typer.echo) -> Path:
    """Return the folder with Kafka's jars, fetched from Maven's repository the first time (54 MB, shared by all clones).

    Raises:
        NotInstalled: Maven is missing.
    """
    libs = cache_folder() / f"kafka-{VERSION}"
    if libs.exists():
        return libs
    maven = shutil.which("mvn")
    if maven is None:
        raise NotInstalled("Maven", GET_JAVA)
    say(f"fetching Apache Kafka {VERSION} (54 MB, once) into {libs}")
    libs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=libs.parent) as passing:
        fetched = Path(passing) / "libs"
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}", f"-Dkafka.version={VERSION}"]
        _check([maven, "-B", "-ntp", "-q", "-f", str(_RESOURCES / "pom.xml"), *goal], Path(passing) / "maven.log")
        if not libs.exists():  # another process may have been quicker
            fetched.rename(libs)
    return libs


def cache_folder() -> Path:
    """Return the folder for what is fetched once and shared between clones."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "open-services-hub"


def answers(host: str, port: int) -> bool:
    """Whether a broker answers a metadata request with at least one broker (itself, once it may serve)."""
    # Length, api key 3 (Metadata), version 1, correlation id, client id absent, no topics (Kafka protocol guide).
    request = struct.pack(">ihhihi", 14, 3, 1, 1, -1, 0)
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(request)
            head = connection.recv(12, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(head) == 12 and struct.unpack(">iii", head)[2] > 0  # noqa: PLR2004 - length, correlation id, number of brokers


def _await_answer(broker: KafkaProcess) -> KafkaProcess:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and processes.runs(broker.pid):
        if answers("127.0.0.1", broker.port):
            return broker
        time.sleep(0.05)
    if processes.runs(broker.pid):
        processes.end(broker.pid, signal.SIGKILL, "Kafka", STOP_TIMEOUT_S)
    raise DidNotStart("Kafka", _log(broker.home), processes.last_lines(_log(broker.home)))


def _write_properties(home: Path, port: int, settings: Mapping[str, str]) -> Path:
    """Write the broker's settings; the controller keeps its port over restarts, because the quorum remembers it."""
    controller_file = _folder(home) / "controller-port"
    _folder(home).mkdir(parents=True, exist_ok=True)
    if not controller_file.exists():
        controller_file.write_text(str(processes.free_port()))
    controller = f"127.0.0.1:{controller_file.read_text()}"
    listeners = {
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://{controller}",
        "controller.quorum.bootstrap.servers": controller,
        "log.dirs": str(_folder(home) / "data"),
    }
    chosen = {**_ONE_NODE, **listeners, **settings}
    _properties(home).write_text("".join(f"{name}={value}\n" for name, value in chosen.items()))
    return _properties(home)


def find_java() -> Path:
    """Return the Java of JAVA_HOME or of the path, if it is new enough.

    Raises:
        NotInstalled: there is none, or an older one.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise NotInstalled(f"Java {OLDEST_JAVA} or later", GET_JAVA)
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=True).stderr
    if int(said.split('"')[1].partition(".")[0]) < OLDEST_JAVA:  # openjdk version "17.0.15" 2025-04-15
        raise NotInstalled(f"Java {OLDEST_JAVA} or later", GET_JAVA)
    return Path(found)


def _cluster_id() -> str:
    """Return a random id as Kafka writes them: 16 bytes in base64, not beginning with a dash."""
    first, *rest = secrets.token_bytes(16)
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *rest])).decode().rstrip("=")


def _check(command: list[str], log: Path) -> None:
    """Run a command to its end; its output is for the error only."""
    with log.open("w") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise DidNotStart(Path(command[0]).name, log, processes.last_lines(log))


def _folder(home: Path) -> Path:
    return home / "kafka"


def _properties(home: Path) -> Path:
    return _folder(home) / "server.properties"


def _pid_file(home: Path) -> Path:
    return _folder(home) / "kafka.pid"


def _log(home: Path) -> Path:
    return home / "logs" / "kafka.log"
