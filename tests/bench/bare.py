"""What we measure against: an Asterisk with a dialplan written by hand and nothing else.

Trunk → Answer → one static queue → recording. No menu, no hours, no call records, no AMI, no
Python. Same Asterisk, same SIP settings, same agents' phones with passwords, same recording.
"""

from __future__ import annotations

import random
import socket
import subprocess
from pathlib import Path
from types import TracebackType

from callcenter.pbx import runtime
from callcenter.settings import CHECKOUT, Settings
from tests.bench.traffic import CALLERS_HOST
from tests.ports import free_port

DID = "15550100"
RTP_PORTS = 4000
# Of our own list, what this dialplan does not use.
_LEFT_OUT = ("cel_", "cdr_", "cdrel", "agi", "parking", "manager", "voicemail", "websocket")

_EXTENSIONS = f"""
[from-trunk]
exten => {DID},1,Answer()
 same => n,MixMonitor({{recordings}}/${{{{UNIQUEID}}}}.raw,bD)
 same => n,Queue(support,t)
 same => n,Hangup()
"""
_PJSIP = """
[global]
type=global
endpoint_identifier_order=ip,username
[transport]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[trunk]
type=endpoint
context=from-trunk
identify_by=ip
disallow=all
allow=ulaw,alaw
direct_media=no
rtp_symmetric=yes
force_rport=yes
trust_id_inbound=yes
send_pai=yes
aors=trunk
[trunk]
type=aor
[trunk]
type=identify
endpoint=trunk
match={callers}
"""
_PHONE = """
[{extension}]
type=endpoint
context=nowhere
disallow=all
allow=ulaw,alaw,g722
direct_media=no
rtp_symmetric=yes
force_rport=yes
rewrite_contact=yes
device_state_busy_at=1
auth={extension}
aors={extension}
[{extension}]
type=auth
auth_type=userpass
username={extension}
password={secret}
[{extension}]
type=aor
max_contacts=1
remove_existing=yes
"""
_QUEUES = """
[general]
persistentmembers=no
autofill=yes
[support]
strategy={strategy}
timeout=15
retry=1
wrapuptime=0
ringinuse=no
autofill=yes
"""


class Bare:
    """A context manager; `phones` extension → secret."""

    did = DID
    queued_after = "answered"

    def __init__(self, home: Path, phones: dict[str, str], strategy: str) -> None:
        rtp = random.randrange(10_000, 20_000, 2)
        self.phones = phones
        self._strategy = strategy
        self.settings = Settings(
            home=home,
            asterisk_conf=home / "conf",
            agi_scripts=home / "conf",
            sip_host="127.0.0.1",
            sip_port=free_port(socket.SOCK_DGRAM),
            rtp_port_min=rtp,
            rtp_port_max=rtp + RTP_PORTS - 1,
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Bare:
        self._write_configuration()
        runtime.prepare_home(self.settings)
        with (self.settings.logs / "asterisk.log").open("ab") as log:
            self._process = runtime.start(self.settings, output=log)
        runtime.wait_until_up(self.settings, 30, self._process)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        runtime.stop(self.settings)
        if self._process is not None:
            self._process.wait(10)

    @property
    def sip(self) -> tuple[str, int]:
        return "127.0.0.1", self.settings.sip_port

    def seat_agents(self) -> None:
        """Static members: they are there."""

    def pids(self) -> list[int]:
        pid = runtime.running_pid(self.settings)
        return [pid] if pid else []

    def _write_configuration(self) -> None:
        folder = self.settings.asterisk_conf
        folder.mkdir(parents=True)
        members = "".join(f"member=PJSIP/{each}\n" for each in self.phones)
        phones = "".join(
            _PHONE.format(extension=extension, secret=secret)
            for extension, secret in self.phones.items()
        )
        trunk = _PJSIP.format(port=self.settings.sip_port, callers=CALLERS_HOST)
        rtp = f"rtpstart={self.settings.rtp_port_min}\nrtpend={self.settings.rtp_port_max}\n"
        files = {
            "modules.conf": _modules(),
            "extensions.conf": _EXTENSIONS.format(recordings=self.settings.recordings),
            "pjsip.conf": trunk + phones,
            "queues.conf": _QUEUES.format(strategy=self._strategy) + members,
            "rtp.conf": f"[general]\n{rtp}",
            "logger.conf": "[logfiles]\nfull => warning,error\n",
            "cel.conf": "[general]\nenable=no\n",
            "cdr.conf": "[general]\nenable=no\n",
        }
        for name, text in files.items():
            (folder / name).write_text(text)


def _modules() -> str:
    lines = (CHECKOUT / "asterisk-conf/modules.conf").read_text().splitlines()
    return "\n".join(line for line in lines if not any(word in line for word in _LEFT_OUT)) + "\n"
