"""The loopback carrier: a second Asterisk that plays the town and the simulated desk phones.

Its home is HOME/demo/carrier, its configuration is rendered here and is nobody's to edit. Calls
are placed by dropping call files into its spool, so it has no open port but SIP on loopback.
"""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from callcenter.demo.behaviour import VOICES
from callcenter.demo.site import CARRIER_HOST, PHONES_HOST
from callcenter.demo.sounds import PHRASES, prepare_sounds
from callcenter.domain.site import Phone
from callcenter.pbx import runtime
from callcenter.settings import Settings

RTP_PORTS = 800  # two a call leg
TICK_SECONDS = 0.25
PAUSE_SECONDS = 1.2
_TEMPLATES = (
    "modules.conf", "rtp.conf", "logger.conf", "pjsip.conf", "extensions.conf"
)  # fmt: skip


@dataclass(frozen=True)
class SimulatedPhones:
    """Which of the site's phones the carrier registers and answers."""

    agents: tuple[Phone, ...]
    listeners: tuple[Phone, ...] = ()  # answer at once and stay silent


class Carrier:
    """One second Asterisk. `time_scale` below 1 makes everyone hurry (tests)."""

    def __init__(
        self, settings: Settings, phones: SimulatedPhones, *, time_scale: float = 1.0
    ) -> None:
        self._pbx = settings
        self._phones = phones
        self._time_scale = time_scale
        self.settings = carrier_settings(settings)
        self._serial = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 20) -> None:
        """Speak the sounds, write the configuration, start. Raises Unavailable."""
        runtime.stop(self.settings)  # one that a killed demo left behind
        prepare_sounds(self._sounds)
        self._write_configuration()
        runtime.prepare_home(self.settings)
        self._transmit_silence()
        self._empty_spool()
        with self._log().open("ab") as output:
            self._process = runtime.start(self.settings, output=output)
        runtime.wait_until_up(self.settings, seconds, self._process)
        self.register_phones()

    def register_phones(self) -> None:
        """Now: by itself Asterisk spreads its first registrations over ten seconds."""
        runtime.console(self.settings, "pjsip send register *all")

    def stop(self) -> None:
        runtime.stop(self.settings, seconds=3)
        if self._process is not None:
            self._process.wait(timeout=5)
            self._process = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def meet(self, number: str) -> None:
        """A visitor's phone has answered this caller, who begins to speak. `number`: digits."""
        runtime.console(self.settings, f"dialplan set global MET_{number} yes")

    def place(self, call_file: str) -> None:
        """Hand a call to Asterisk. The rename is what it notices, so it never reads half a file."""
        name = f"call-{next(self._serial)}.call"
        written = self.settings.home / "run" / name
        written.write_text(call_file, encoding="utf-8")
        written.rename(self._outgoing / name)

    @property
    def _outgoing(self) -> Path:
        return self.settings.home / "asterisk/spool/outgoing"

    @property
    def _sounds(self) -> Path:
        # Below the carrier's home, which is what its Asterisk can see.
        return self.settings.home / "sounds"

    def _log(self) -> Path:
        self.settings.logs.mkdir(parents=True, exist_ok=True)
        return self.settings.logs / "asterisk.log"

    def _empty_spool(self) -> None:
        """Callers of an earlier run have gone home."""
        self._outgoing.mkdir(parents=True, exist_ok=True)
        for left_over in self._outgoing.glob("*.call"):
            left_over.unlink()

    def _transmit_silence(self) -> None:
        """Phones send audio all the time; without it the PBX takes a waiting caller for dead."""
        path = self.settings.etc / "asterisk.conf"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("[options]", "[options]\ntransmit_silence = yes", 1), encoding="utf-8"
        )

    def _write_configuration(self) -> None:
        folder = self.settings.asterisk_conf
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.render().items():
            path = folder / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")

    def render(self) -> dict[str, str]:
        """File name → text of the carrier's configuration."""
        environment = Environment(  # noqa: S701 - configuration files, not HTML
            loader=PackageLoader("callcenter.demo"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        values = self._values()
        return {name: environment.get_template(f"{name}.j2").render(values) for name in _TEMPLATES}

    def _values(self) -> dict[str, object]:
        return {
            "carrier_host": CARRIER_HOST,
            "phones_host": PHONES_HOST,
            "port": self.settings.sip_port,
            "pbx_host": pbx_host(self._pbx),
            "pbx_port": self._pbx.sip_port,
            "rtp_port_min": self.settings.rtp_port_min,
            "rtp_port_max": self.settings.rtp_port_max,
            "phones": (*self._phones.agents, *self._phones.listeners),
            "agent_extensions": [each.extension for each in self._phones.agents],
            "listening_extensions": [each.extension for each in self._phones.listeners],
            "sounds": self._sounds,
            "phrases": PHRASES,
            "voices": VOICES,
            "tick_seconds": f"{TICK_SECONDS * self._time_scale:.3f}",
            "pause_seconds": f"{PAUSE_SECONDS * self._time_scale:.3f}",
        }


def carrier_settings(settings: Settings) -> Settings:
    """The carrier's own installation, inside the PBX's home."""
    home = settings.home / "demo" / "carrier"
    return dataclasses.replace(
        settings,
        home=home,
        node="carrier",
        asterisk_conf=home / "conf",
        agi_scripts=home / "conf",
        sip_port=settings.demo_sip_port,
        rtp_port_min=settings.rtp_port_max + 1,
        rtp_port_max=settings.rtp_port_max + RTP_PORTS,
    )


def pbx_host(settings: Settings) -> str:
    """The address on which callers reach the PBX."""
    return "127.0.0.1" if settings.sip_host == "0.0.0.0" else settings.sip_host  # noqa: S104
