"""Callers and agents by SIPp: one process plays all callers, one all agents' phones."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

SCENARIOS = Path(__file__).parent / "sipp"
CALLERS_HOST = "127.0.0.2"  # the trunk's address
AGENTS_HOST = "127.0.0.4"
MOST_CALLS = "4000"


@dataclass(frozen=True)
class Offered:
    """What the callers of one run saw. Set-up is the longer of: INVITE until answered, and what
    the caller did last to be queued (`after`) until an agent's phone rang."""

    calls: int
    connected: int  # reached an agent's phone
    failed: int
    setup_seconds: tuple[float, ...]

    @property
    def slowest_seconds(self) -> float:
        return max(self.setup_seconds, default=float("inf"))

    @property
    def all_within_a_second(self) -> bool:
        return self.connected == self.calls and self.failed == 0 and self.slowest_seconds < 1.0


class AgentPhones:
    """Registers and then answers for every extension (→ secret); a context manager."""

    def __init__(self, folder: Path, pbx: tuple[str, int], secrets: dict[str, str]) -> None:
        self._secrets = secrets
        self._folder = folder
        self._pbx = pbx
        self.port = free_udp_port(AGENTS_HOST)
        self._media_port = free_udp_port(AGENTS_HOST)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> AgentPhones:
        self._register()  # from the same port: the PBX believes the packet, not the Contact
        argv = ["sipp", "-sf", str(SCENARIOS / "agent.xml"), "-i", AGENTS_HOST]
        argv += ["-p", str(self.port), "-mi", AGENTS_HOST, "-mp", str(self._media_port)]
        argv += ["-rtp_echo", "-nostdin", "-trace_logs", "-log_file", str(self.log)]
        argv += ["-l", MOST_CALLS, "-buff_size", "4000000"]
        self._process = _start([*argv, ":".join(map(str, self._pbx))], self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    @property
    def log(self) -> Path:
        return self._folder / "agents.log"

    def _register(self) -> None:
        lines = ["SEQUENTIAL"]
        for extension, secret in self._secrets.items():
            login = f"[authentication username={extension} password={secret}]"
            lines.append(f"{extension};{login};sip:{extension}@{AGENTS_HOST}:{self.port}")
        table = self._folder / "phones.csv"
        table.write_text("\n".join(lines) + "\n")
        argv = ["sipp", "-sf", str(SCENARIOS / "register.xml"), "-inf", str(table)]
        argv += ["-i", AGENTS_HOST, "-p", str(self.port), "-nostdin"]
        argv += ["-m", str(len(self._secrets)), "-r", "50", "-timeout", "60s", "-timeout_error"]
        done = _start([*argv, ":".join(map(str, self._pbx))], self._folder)
        if done.wait(timeout=70) != 0:
            raise RuntimeError(f"not every phone could register (sipp: {done.returncode})")


@dataclass(frozen=True)
class Load:
    calls_per_second: float
    seconds: float
    talk_seconds: float

    @property
    def calls(self) -> int:
        return round(self.calls_per_second * self.seconds)


def offer(
    folder: Path, pbx: tuple[str, int], did: str, load: Load, agents: AgentPhones, after: str
) -> Offered:
    """Place `load` and wait until its last call is over. `after`: `answered` where the call is
    queued at once, `pressed` where the caller has a menu to get through first."""
    seen = agents.log.stat().st_size if agents.log.exists() else 0
    log = folder / "callers.log"
    log.unlink(missing_ok=True)
    caller = _start(_callers(folder, pbx, did, load, log), folder)
    code = caller.wait(timeout=load.seconds + load.talk_seconds + 60)
    offered = _times(agents.log, "offered", offset=seen)
    return _measured(load, code, _times(log, "answered"), _times(log, after), offered, folder)


def _callers(folder: Path, pbx: tuple[str, int], did: str, load: Load, log: Path) -> list[str]:
    argv = ["sipp", "-sf", str(SCENARIOS / "caller.xml"), "-s", did, "-i", CALLERS_HOST]
    argv += ["-p", str(free_udp_port(CALLERS_HOST)), "-mi", CALLERS_HOST]
    argv += ["-mp", "40000"]
    argv += ["-r", f"{load.calls_per_second:g}", "-m", str(load.calls), "-l", MOST_CALLS]
    argv += ["-recv_timeout", str(round(load.talk_seconds * 1000)), "-nostdin"]
    argv += ["-trace_logs", "-log_file", str(log), "-buff_size", "4000000"]
    argv += ["-trace_rtt", "-rtt_freq", "1"]
    argv += ["-trace_err", "-error_file", str(folder / "callers.err")]
    argv += ["-timeout", f"{round(load.seconds + load.talk_seconds + 30)}s"]
    return [*argv, ":".join(map(str, pbx))]


def _measured(
    load: Load,
    code: int,
    answered: dict[str, float],
    queued: dict[str, float],
    offered: dict[str, float],
    folder: Path,
) -> Offered:
    waits = [max(0.0, offered[number] - queued[number]) for number in queued if number in offered]
    rtts = _response_seconds(folder)
    connected = sum(1 for number in answered if number in offered)
    failed = load.calls - connected if code != 0 else 0
    return Offered(load.calls, connected, failed, tuple(waits + rtts))


def _response_seconds(folder: Path) -> list[float]:
    """INVITE until 200, from SIPp's own response-time file of the newest run; then removed."""
    found: list[float] = []
    for path in folder.glob("caller_*_rtt.csv"):
        for line in path.read_text().splitlines()[1:]:
            fields = line.split(";")
            if len(fields) >= 2:
                found.append(float(fields[1]) / 1000)
        path.unlink()
    return found


# SIPp's [timestamp] is the date, the time and the epoch, between tabs.
_LINE = re.compile(r"(\w+) (\d+) \S+\t\S+\t(\d+\.\d+)")


def _times(log: Path, word: str, offset: int = 0) -> dict[str, float]:
    """Caller's number → first instant at which `word` was logged."""
    if not log.exists():
        return {}
    times: dict[str, float] = {}
    with log.open() as file:
        file.seek(offset)
        for line in file:
            found = _LINE.search(line)
            if found and found[1] == word:
                times.setdefault(found[2], float(found[3]))
    return times


def _start(argv: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "sipp.out").open("ab") as output:
        return subprocess.Popen(
            argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def free_udp_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
