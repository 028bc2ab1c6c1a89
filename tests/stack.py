"""The whole call centre on real parts, in a folder of its own: for tests that need it to run.

    with Stack(home, site()) as stack:
        phone = stack.phone("201")
        stack.sign_in("1001", "201")
        call = stack.caller("+15550199", "Ada").call("5550100")

Asterisk and every Python process are real processes that can be killed (`kill9`) and started
again (`start`). Leaving the block ends all of them.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from sqlalchemy import Engine, select

from callcenter import settings as settings_module
from callcenter import settings_file
from callcenter.control import ControlClient
from callcenter.db import migrations
from callcenter.db.engine import open_engine, sessions
from callcenter.db.models.calls import Call
from callcenter.db.site_store import load_site, save_site
from callcenter.domain.errors import CallcenterError
from callcenter.domain.site import Site
from callcenter.pbx import runtime
from callcenter.pbx.confgen.apply import apply
from callcenter.settings import CHECKOUT, Settings
from tests.deadlines import SLOWER
from tests.phones import Phone, PhoneBank
from tests.phones.bank import Answer
from tests.ports import free_port, rtp_ports

T = TypeVar("T")
TRUNK_ADDRESS = "127.0.0.2"
PROMPTS_HZ = 350  # the site's first prompt is half a second of this, the next 40 Hz higher …
PROCESSES = ("controller", "agi", "ledger", "web")
ENDS_SECONDS = 60  # what is not there or gone by then hangs


def eventually(look: Callable[[], T], seconds: float = 10, what: str = "") -> T:
    """The first true thing `look` returns. Fails with the last thing it returned or raised.

    `seconds`: plenty on a machine of ours at rest.
    """
    seconds *= SLOWER
    until = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            found = look()
            if found:
                return found
            last = found
        except (AssertionError, CallcenterError, OSError, LookupError, ValueError) as error:
            last = error
        if time.monotonic() > until:
            raise AssertionError(f"{what or look}: not within {seconds} s; last: {last!r}")
        time.sleep(0.03)


class Stack:
    """`processes` are started after Asterisk; others can be started later by `start`."""

    def __init__(
        self,
        home: Path,
        site: Site,
        processes: Sequence[str] = PROCESSES,
        database_url: str = "",
        **settings: str | int | bool,
    ) -> None:
        rtp = rtp_ports()
        chosen: dict[str, str | int | bool] = {
            "sip_host": "127.0.0.1",
            "sip_port": free_port(socket.SOCK_DGRAM),
            "rtp_port_min": rtp.start,
            "rtp_port_max": rtp.stop - 1,
            "http_port": free_port(),
            "ami_port": free_port(),
            "agi_port": free_port(),
            "web_port": free_port(),
            "database_url": database_url,
        }
        settings_file.create(home, chosen | settings)
        self.settings: Settings = settings_module.load(home)
        self.site = site
        self.bank = PhoneBank(home / "phones")
        self._wanted = processes
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asterisk: subprocess.Popen[bytes] | None = None
        self._engine: Engine | None = None

    # -- the whole ---------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            self.prepare()
            self.start_asterisk()
            for name in self._wanted:
                self.launch(name)
            for name in self._wanted:
                self.wait_ready(name)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Folders, schema, site, prompts and the configuration Asterisk starts with."""
        runtime.prepare_home(self.settings)
        migrations.upgrade(self.engine)
        with sessions(self.engine).begin() as session:
            save_site(session, self.site, "tests")
        with sessions(self.engine)() as session:
            self.site = load_site(session)  # now with its secrets
        for prompt, hz in self.prompts_hz.items():
            write_tone(self.settings.prompts / f"{prompt}.wav", hz)
        apply(self.settings, self.site)

    def close(self) -> None:
        self.bank.close()
        for name in list(self._running):
            self.stop(name)
        self.stop_asterisk()
        if self._engine is not None:
            self._engine.dispose()

    @property
    def prompts_hz(self) -> dict[str, int]:
        """Which tone stands for which prompt."""
        names = [prompt.name for prompt in self.site.prompts]
        return {name: PROMPTS_HZ + 40 * place for place, name in enumerate(names)}

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = open_engine(self.settings.database)
        return self._engine

    # -- processes ---------------------------------------------------------------------------

    def start_asterisk(self) -> None:
        with (self.settings.logs / "asterisk.log").open("ab") as log:
            self._asterisk = runtime.start(self.settings, output=log)
        runtime.wait_until_up(self.settings, ENDS_SECONDS, self._asterisk)

    def stop_asterisk(self) -> None:
        runtime.stop(self.settings)
        if self._asterisk is not None:
            self._asterisk.wait(ENDS_SECONDS)

    def kill_asterisk(self) -> None:
        """kill -9, as the kernel's out-of-memory killer would."""
        pid = runtime.running_pid(self.settings)
        assert pid is not None
        assert self._asterisk is not None
        os.kill(pid, signal.SIGKILL)
        self._asterisk.wait(ENDS_SECONDS)

    def launch(self, name: str) -> None:
        home = str(self.settings.home)
        with (self.settings.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "callcenter.cli", "--home", home, "run", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=CHECKOUT,
                start_new_session=True,
            )

    def start(self, name: str) -> None:
        self.launch(name)
        self.wait_ready(name)

    def stop(self, name: str) -> None:
        """SIGTERM, and it ends by itself."""
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(ENDS_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"{name} did not end on SIGTERM") from None

    def kill9(self, name: str) -> None:
        """kill -9 of the process and what it started."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> None:
        self.kill9(name)
        self.start(name)

    def wait_ready(self, name: str) -> None:
        def ready() -> bool:
            code = self._running[name].poll()
            assert code is None, f"{name} ended with {code}: {self.log_of(name)}"
            return self._answers(name)

        eventually(ready, 20, f"{name} to be ready")

    def log_of(self, name: str) -> str:
        return (self.settings.logs / f"{name}.log").read_text(errors="replace")[-3000:]

    def _answers(self, name: str) -> bool:
        if name == "controller":
            return bool(self.control("status"))
        port = {"agi": self.settings.agi_port, "web": self.settings.web_port}.get(name)
        if port is None:
            return True
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            return True

    # -- asking ------------------------------------------------------------------------------

    def asterisk(self, line: str) -> str:
        return runtime.console(self.settings, line, seconds=ENDS_SECONDS)

    def channels(self) -> list[str]:
        """Names of the channels that are up."""
        lines = self.asterisk("core show channels concise").splitlines()
        return [line.split("!")[0] for line in lines if "!" in line]

    def wait_no_channels(self, seconds: float = 10) -> None:
        eventually(lambda: not self.channels(), seconds, "all channels to end")

    def control(self, command: str, by: str = "tests", **arguments: Any) -> dict[str, Any]:
        return ControlClient(self.settings.control_socket).request(
            command, arguments, by=by, deadline_seconds=ENDS_SECONDS
        )

    def floor(self) -> dict[str, Any]:
        """A fresh snapshot of the live floor."""
        stream = ControlClient(self.settings.control_socket).subscribe()
        with contextlib.closing(stream):  # type: ignore[type-var]
            return next(stream)

    def calls(self) -> list[Call]:
        """The ledger's records, oldest first."""
        with sessions(self.engine)() as session:
            return list(session.scalars(select(Call).order_by(Call.started_at)))

    def wait_one_record_each(self, numbers: Sequence[str], seconds: float = 15) -> list[Call]:
        """Exactly one ended record for each of these callers, in their order."""

        def records() -> list[Call] | None:
            found = [call for call in self.calls() if call.caller_number in numbers]
            by_number = {call.caller_number: call for call in found}
            done = len(found) == len(by_number) == len(numbers)
            ended = all(call.ended_at is not None for call in found)
            return [by_number[each] for each in numbers] if done and ended else None

        try:
            return eventually(records, seconds) or []
        except AssertionError:
            seen = [(call.id, call.caller_number, call.outcome) for call in self.calls()]
            raise AssertionError(f"one record each of {numbers}; found {seen}") from None

    def wait_recorded(self, calls: int, seconds: float = 15) -> list[Call]:
        """Waits until the ledger has `calls` ended records and no other."""

        def settled() -> bool:
            found = self.calls()
            return len(found) == calls and all(call.ended_at is not None for call in found)

        try:
            eventually(settled, seconds)
        except AssertionError:
            seen = [(call.id, call.direction, call.dialed, call.outcome) for call in self.calls()]
            raise AssertionError(f"expected {calls} ended calls, found {seen}") from None
        return self.calls()

    # -- phones ------------------------------------------------------------------------------

    @property
    def sip_server(self) -> str:
        return f"127.0.0.1:{self.settings.sip_port}"

    def phone(self, extension: str, answer: Answer = "manual") -> Phone:
        """The registered desk phone of that extension."""
        if extension in self.bank.phones:
            phone = self.bank.phones[extension]
            phone.set_answer(answer)
            return phone
        secret = next(each.secret for each in self.site.phones if each.extension == extension)
        return self.bank.desk_phone(extension, secret, self.sip_server, answer=answer)

    def caller(self, number: str = "15550199", name: str = "", **more: Any) -> Phone:
        """Somebody on the PSTN who comes in by the trunk."""
        return self.bank.caller(self.sip_server, number, name, address=TRUNK_ADDRESS, **more)

    def sign_in(self, agent: str, extension: str) -> None:
        """By the dialplan alone, so that it works with every Python process dead."""
        queues = next(len(each.queues) for each in self.site.agents if each.number == agent)
        member = f"{agent} (PJSIP/{extension})"
        self.originate(f"Local/{agent}*{extension}@cc-sign-in-request")
        eventually(
            lambda: self.asterisk("queue show").count(member) == queues, 5, f"sign-in of {agent}"
        )

    def sign_out(self, agent: str) -> None:
        self.originate(f"Local/{agent}@cc-sign-out-request")
        eventually(
            lambda: f"cc-agent/{agent} " not in self.asterisk("database show"),
            5,
            f"sign-out of {agent}",
        )

    def originate(self, channel: str) -> None:
        """Over AMI, with the rights the controller has and no more."""
        fields = {
            "Channel": channel,
            "Context": "cc-controller",
            "Exten": "done",
            "Priority": "1",
            "Async": "true",
        }
        login = {"Username": self.settings.ami_user, "Secret": self.settings.ami_secret}
        address = ("127.0.0.1", self.settings.ami_port)
        with socket.create_connection(address, timeout=ENDS_SECONDS) as ami:
            ami.sendall(ami_action("Login", **login, Events="off"))
            ami.sendall(ami_action("Originate", **fields) + ami_action("Logoff"))
            said = b"".join(iter(lambda: ami.recv(4096), b"")).decode()
        assert "Originate successfully queued" in said, said


def ami_action(action: str, **headers: str) -> bytes:
    lines = {"Action": action, **headers}
    return "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n"


def write_tone(path: Path, hz: int, seconds: float = 0.5) -> None:
    """A prompt: 8 kHz mono 16 bit."""
    time_ = np.arange(int(8000 * seconds)) / 8000
    samples = (8000 * np.sin(2 * np.pi * hz * time_)).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(samples.tobytes())


@contextlib.contextmanager
def silent_resolver() -> Iterator[socket.socket]:
    """A name server that is there and never answers: what a dead DNS looks like to a program."""
    address = f"127.53.{random.randrange(256)}.{random.randrange(1, 255)}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        yield server
