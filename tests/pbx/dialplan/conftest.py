"""One PBX with no Python process at all: what these tests see, Asterisk does by itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.settings import CHECKOUT
from tests.pbx.cel import cel_rows
from tests.pbx.conftest import make_quiet
from tests.pbx.dialplan.site import dialplan_site
from tests.phones import Phone
from tests.stack import TRUNK_ADDRESS, Stack, eventually

CALL = ("CHAN_START", "LINKEDID_END")  # how each begins and ends


class Pbx(Stack):
    """A Stack that can say which steps calls took."""

    def steps(self, after: int = 0) -> list[str]:
        """`kind|name|detail` of every step since the row number `after`."""
        return [json.loads(row[14])["extra"] for row in self.cel()[after:] if row[0] == "CC_STEP"]

    def cel(self) -> list[list[str]]:
        return cel_rows(self)

    def wait_step(self, step: str, after: int, seconds: float = 12) -> list[str]:
        """The steps since `after`, once `step` is among them."""

        def taken() -> list[str]:
            steps = self.steps(after)
            if step not in steps:
                raise LookupError(steps)
            return steps

        return eventually(taken, seconds, step)

    def all_steps(self, after: int) -> list[str]:
        """The steps since `after`, once the calls are over and Asterisk has written all of them: it
        does so a moment after the phones know."""

        def written() -> bool:
            rows = self.cel()[after:]
            begun, over = ({row[11] for row in rows if row[0] == event} for event in CALL)
            return begun <= over

        eventually(written, 10, "the end of every call in CEL")
        return self.steps(after)


@pytest.fixture(scope="package")
def whole_pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    home = tmp_path_factory.mktemp("dialplan")
    conf = home / "hand-written"
    shutil.copytree(CHECKOUT / "asterisk-conf", conf)
    with (conf / "extensions.conf").open("a") as own:
        own.write((Path(__file__).parent / "test-clock.conf").read_text())
    with Pbx(home, dialplan_site(), processes=(), asterisk_conf=str(conf)) as pbx:
        yield pbx


@pytest.fixture
def pbx(whole_pbx: Pbx) -> Iterator[Pbx]:
    yield whole_pbx
    make_quiet(whole_pbx)
    whole_pbx.all_steps(0)


@pytest.fixture
def now(pbx: Pbx) -> int:
    """The row from which this test's facts begin."""
    return len(pbx.cel())


@pytest.fixture
def caller(pbx: Pbx) -> Phone:
    """Somebody on the PSTN, behind the trunk `carrier`."""
    return outsider(pbx, "outsider", TRUNK_ADDRESS)


def outsider(pbx: Pbx, name: str, address: str) -> Phone:
    """The phone of that name behind the trunk with that address; one for all tests."""
    known = pbx.bank.phones.get(name)
    if known is None:
        known = pbx.bank.caller(pbx.sip_server, "15550199", "Ada", address=address)
        pbx.bank.phones[name] = pbx.bank.phones.pop(known.name)
        known.name = name
    return known
