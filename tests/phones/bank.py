"""Phones as a test sees them: every wait has a deadline, every failure says what the phone saw."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from tests.deadlines import SLOWER
from tests.phones import interpreter
from tests.phones.tones import Tones

WORKER = Path(__file__).with_name("worker.py")
# One per phone: none a harmonic of another, none a DTMF frequency, all inside 300-3400 Hz.
TONES_HZ = (440, 570, 1030, 1250, 1730, 1910, 2110, 2330, 2590, 2750, 2930, 3110)
Answer = Literal["manual", "auto", "intercom", "busy"]


class PhoneError(AssertionError):
    """The phone could not do it, or did not reach a state in time."""


@dataclass
class PhoneCall:
    """One call leg at one phone. `state` is PJSIP's: calling, incoming, early, connecting,
    confirmed, disconnctd."""

    phone: Phone
    name: str
    remote: str = ""
    message: str = ""  # the whole INVITE, when it came in
    state: str = ""
    media: str = ""
    code: int = 0
    reason: str = ""
    digits: str = ""
    transfer_code: int = 0
    began: float = field(default_factory=time.monotonic)
    reached_at: dict[str, float] = field(default_factory=dict)  # state → time.monotonic()
    media_at: list[tuple[str, float]] = field(default_factory=list)  # each change, the same clock
    transferred_at: float = 0.0  # when the transfer was last reported on

    @property
    def ended(self) -> bool:
        return self.state.startswith("disconn")

    @property
    def up(self) -> bool:
        return self.state == "confirmed"

    def wait_up(self, seconds: float = 10) -> PhoneCall:
        self.phone.bank.wait(lambda: self.ended or (self.up and self.media != ""), seconds, self)
        if not self.up:
            raise PhoneError(f"call ended instead of being answered: {self}")
        return self

    def wait_ended(self, seconds: float = 10) -> PhoneCall:
        self.phone.bank.wait(lambda: self.ended, seconds, self)
        return self

    def wait_media(self, media: str, seconds: float = 20) -> PhoneCall:
        self.phone.bank.wait(lambda: self.media == media, seconds, self)
        return self

    def wait_digits(self, digits: str, seconds: float = 10) -> None:
        self.phone.bank.wait(lambda: self.digits == digits, seconds, self)

    def answer(self) -> PhoneCall:
        self._ask("answer")
        return self.wait_up()

    def reject(self, code: int = 486) -> None:
        self._ask("answer", code=code)

    def hang_up(self) -> None:
        self._ask("hang_up")
        self.wait_ended()

    def send_digits(self, digits: str) -> None:
        self._ask("send_digits", digits=digits)

    def hold(self) -> None:
        self._ask("hold")
        self.wait_media("local_hold")

    def unhold(self) -> None:
        self._ask("unhold")
        self.wait_media("active")

    def transfer(self, uri_or_extension: str) -> None:
        """Blind transfer (REFER)."""
        self._ask("transfer", uri=self.phone.uri_of(uri_or_extension))

    def transfer_to_call(self, other: PhoneCall) -> None:
        """Attended transfer (REFER with Replaces): the peers of both calls are joined."""
        self._ask("transfer_attended", other=other.name)

    def listen(self, seconds: float = 1.0) -> Tones:
        """Records what arrives during the next `seconds`."""
        return listen_all([self], seconds)[0]

    @contextlib.contextmanager
    def recorded(self) -> Iterator[Path]:
        """Records to the yielded wav path until the block ends; read it after the block."""
        path = self.phone.bank.new_recording()
        self._ask("start_recording", path=str(path))
        try:
            yield path
        finally:
            self._ask("stop_recording", path=str(path))
            _wait_written(path)

    def take(self, event: str, message: dict[str, Any]) -> None:
        """What the phone's process reports of this call."""
        if event == "call_state":
            self.state, self.code = message["state"], message["code"]
            self.reason, self.remote = message["reason"], message["remote"]
            self.reached_at.setdefault(self.state, message["at"])
        elif event == "incoming":
            self.remote, self.message = message["remote"], message["message"]
            self.state = self.state or "incoming"
            self.reached_at.setdefault("incoming", message["at"])
        elif event == "media":
            self.media = message["media"]
            self.media_at.append((message["media"], message["at"]))
        elif event == "digit":
            self.digits += message["digit"]
        elif event == "transfer":
            self.transfer_code = message["code"]
            self.transferred_at = message["at"]

    def _ask(self, do: str, **arguments: Any) -> Any:
        return self.phone.ask(do, call=self.name, **arguments)

    def __str__(self) -> str:
        return (
            f"<call {self.name} of {self.phone.name}: {self.state or 'new'} {self.code} "
            f"{self.reason!r}, media {self.media or 'none'}, with {self.remote}>"
        )


def listen_all(calls: Sequence[PhoneCall], seconds: float = 1.0) -> list[Tones]:
    """What each call hears during the same next `seconds`."""
    with contextlib.ExitStack() as stack:
        paths = [stack.enter_context(call.recorded()) for call in calls]
        # Not a wait for a state: the length of the recording is the measurement itself.
        time.sleep(seconds)
    return [Tones.read(path) for path in paths]


def _wait_written(path: Path, seconds: float = 20) -> None:
    """The library closes a recording a moment after it was told to; then the header is right."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        header = path.read_bytes()[:8]
        if (
            header[:4] == b"RIFF"
            and int.from_bytes(header[4:], "little") + 8 == path.stat().st_size
        ):
            return
        time.sleep(0.01)
    raise PhoneError(f"{path} was not finished in {seconds} s")


@dataclass
class Phone:
    """A registered desk phone, or (without a registrar) a caller on the trunk's side."""

    bank: PhoneBank
    name: str
    hz: int  # the tone it sends
    domain: str  # host:port that calls go to
    number: str = ""  # the caller's, or the extension
    registered: bool = False
    message_lamp: bool = False  # lit while there is voicemail
    calls: list[PhoneCall] = field(default_factory=list)  # every call it ever had, oldest first
    process: PhoneProcess = field(init=False, repr=False)

    def ask(self, do: str, **arguments: Any) -> Any:
        return self.process.ask(do, **arguments)

    def call_named(self, name: str) -> PhoneCall:
        with self.bank.changed:
            for call in self.calls:
                if call.name == name:
                    return call
            self.calls.append(PhoneCall(self, name))
            return self.calls[-1]

    def uri_of(self, number_or_uri: str) -> str:
        if number_or_uri.startswith(("sip:", "<", '"')):
            return number_or_uri
        return f"sip:{number_or_uri}@{self.domain}"

    def call(
        self, number_or_uri: str, headers: dict[str, str] | None = None, caller: str = ""
    ) -> PhoneCall:
        """`caller`: the address in From, where this call is somebody else's than the phone's."""
        began = time.monotonic()
        uri = self.uri_of(number_or_uri)
        call = self.call_named(self.ask("call", uri=uri, headers=headers or {}, local_uri=caller))
        call.began = began
        return call

    def wait_registered(self, seconds: float = 30) -> Phone:
        self.bank.wait(lambda: self.registered, seconds, f"phone {self.name} to register")
        return self

    def wait_call(self, seconds: float = 10, after: int = 0) -> PhoneCall:
        """The next incoming call: number `after` in `calls` (0 is the first ever)."""
        self.bank.wait(
            lambda: len(self.calls) > after, seconds, f"phone {self.name} to ring ({after=})"
        )
        return self.calls[after]

    def next_call(self) -> Callable[..., PhoneCall]:
        """Call before causing the ring: returns a function that waits for it."""
        after = len(self.calls)
        return lambda seconds=10: self.wait_call(seconds, after)

    def set_answer(self, answer: Answer) -> None:
        self.ask("set_answer", answer=answer)

    def set_sound(self, path: Path | None) -> None:
        """What each new call hears once from here, in place of the tone; None: the tone."""
        self.ask("set_sound", path=str(path or ""))

    def hang_up_all(self) -> None:
        for call in self.calls:
            if not call.ended:
                call.hang_up()

    def leave(self) -> None:
        """Hangs up and ends the phone's process."""
        self.process.leave()
        self.process.wait_gone()
        self.bank.phones.pop(self.name, None)


class PhoneBank:
    """Any number of phones, hung up and gone when the block ends."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="phones-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.phones: dict[str, Phone] = {}
        self.changed = threading.Condition()
        self._recordings = 0
        self._callers = 0
        self._tones = itertools.cycle(TONES_HZ)

    def __enter__(self) -> PhoneBank:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for phone in self.phones.values():
            phone.process.leave()
        for phone in self.phones.values():
            phone.process.wait_gone()
        self.phones.clear()

    def desk_phone(
        self,
        extension: str,
        secret: str,
        server: str,
        hz: int = 0,
        answer: Answer = "manual",
        wait: bool = True,
    ) -> Phone:
        """A phone registered at `server` (host:port) as `extension`."""
        phone = self._add(extension, server, hz, extension)
        phone.ask(
            "add_phone",
            uri=f"sip:{extension}@{server}",
            address="127.0.0.1",
            hz=[phone.hz],
            answer=answer,
            registrar=f"sip:{server}",
            username=extension,
            secret=secret,
        )
        return phone.wait_registered() if wait else phone

    def caller(
        self,
        server: str,
        number: str = "5551234",
        name: str = "",
        address: str = "127.0.0.2",
        hz: int = 0,
        port: int = 0,
        answer: Answer = "manual",
    ) -> Phone:
        """Someone on the PSTN, behind the trunk whose address is `address`; never registers.

        With `port` it can also be called there (what the trunk delivers arrives at it).
        """
        self._callers += 1
        phone = self._add(f"caller-{self._callers}-{number}", server, hz, number)
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if name else ""
        phone.ask(
            "add_phone",
            uri=f"{quoted}<sip:{number}@{address}>",
            address=address,
            hz=[phone.hz],
            answer=answer,
            port=port,
        )
        return phone

    def hang_up_all(self) -> None:
        """Between tests that share phones. One whose process died has failed its own test: it is
        left out, and made anew for the next."""
        self.phones = {name: each for name, each in self.phones.items() if each.process.alive}
        for phone in self.phones.values():
            phone.hang_up_all()

    def new_recording(self) -> Path:
        self._recordings += 1
        return self.folder / f"heard-{self._recordings}.wav"

    def wait(self, reached: Callable[[], bool], seconds: float, what: object) -> None:
        """`seconds`: plenty on a machine of ours at rest."""
        seconds *= SLOWER
        with self.changed:
            if not self.changed.wait_for(reached, seconds):
                raise PhoneError(f"waited {seconds:.1f} s for {what}{self._dead()}")

    def _free_tone(self) -> int:
        taken = {phone.hz for phone in self.phones.values()}
        free = [hz for hz in TONES_HZ if hz not in taken]
        return free[0] if free else next(self._tones)

    def _dead(self) -> str:
        dead = [phone.name for phone in self.phones.values() if not phone.process.alive]
        return f" (phone processes died: {dead}, see {self.folder})" if dead else ""

    def _add(self, name: str, server: str, hz: int, number: str) -> Phone:
        tone = hz or self._free_tone()
        phone = Phone(self, name, tone, server, number)
        self.phones[name] = phone
        phone.process = PhoneProcess(phone)
        self.wait(lambda: phone.process.started, 20, f"the process of phone {name} to start")
        return phone


class PhoneProcess:
    """One `worker` process, and the thread that keeps its Phone's picture current."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.started = False
        self._answers: dict[int, dict[str, Any]] = {}
        self._last_id = 0
        folder = phone.bank.folder
        with (folder / f"{phone.name}.stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [interpreter.python(), str(WORKER), str(folder / f"{phone.name}.sip")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=Path(__file__).parents[2],
                text=True,
                bufsize=1,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def leave(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait_gone(self) -> None:
        try:
            self._process.wait(5 * SLOWER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)

    def kill(self) -> None:
        """Power cut: no BYE, no unregistering."""
        self._process.kill()
        self.wait_gone()

    def ask(self, do: str, **arguments: Any) -> Any:
        bank = self.phone.bank
        with bank.changed:
            self._last_id += 1
            number = self._last_id
            assert self._process.stdin is not None
            try:
                request = {"id": number, "do": do, **arguments}
                self._process.stdin.write(json.dumps(request) + "\n")
            except OSError as error:
                raise PhoneError(f"the process of phone {self.phone.name} is gone") from error
        bank.wait(lambda: number in self._answers, 30, f"phone {self.phone.name} to {do}")
        answer = self._answers.pop(number)
        if not answer["ok"]:
            raise PhoneError(f"{self.phone.name}: {do} {arguments}: {answer['error']}")
        return answer["result"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            with self.phone.bank.changed:
                self._take(message)
                self.phone.bank.changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
            return
        event = message["event"]
        if event == "started":
            self.started = True
        elif event == "registration":
            self.phone.registered = message["active"] and message["code"] == 200
        elif event == "message_lamp":
            self.phone.message_lamp = message["lit"]
        else:
            self.phone.call_named(message["call"]).take(event, message)
