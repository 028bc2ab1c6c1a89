"""docs/dialplan.md names every context there is, and no other, and the template each is in."""

from __future__ import annotations

import re
from pathlib import Path

from callcenter.pbx.confgen import render
from callcenter.pbx.confgen.handwritten import SHARED_SECTIONS, read
from callcenter.settings import CHECKOUT, Settings
from tests.stack_site import stack_site
from tests.unit.confgen.test_render import with_secrets

ROW = re.compile(r"^\| `(cc-[\w<>-]+)` \| ([\w–]+) \|", re.MULTILINE)
SECTION = re.compile(r"^\[(cc-[^\]]+)\]", re.MULTILINE)
TEMPLATES = CHECKOUT / "asterisk-conf/templates/dialplan"


def test_every_context_is_documented_and_every_documented_one_exists(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, asterisk_conf=CHECKOUT / "asterisk-conf", ami_secret="s")
    site = with_secrets(stack_site())
    text = render(site, settings)["extensions.conf"]
    rendered = {line.section for line in read(text, "extensions.conf")} - SHARED_SECTIONS
    each_of = {f"cc-menu-{menu.name}": "cc-menu-<name>" for menu in site.menus}
    each_of |= {f"cc-queue-key-{queue.name}": "cc-queue-key-<name>" for queue in site.queues}
    named = {each_of.get(name, name) for name in rendered}
    assert sorted(name for name, _ in documented()) == sorted(named)


def test_the_template_of_each_context_is_told() -> None:
    written = {
        (re.sub(r"\{\{.*?\}\}", "<name>", name), path.stem)
        for path in TEMPLATES.glob("*.j2")
        for name in SECTION.findall(path.read_text())
    }
    assert {(name, place) for name, place in documented() if place != "–"} == written


def documented() -> list[tuple[str, str]]:
    return ROW.findall((CHECKOUT / "docs/dialplan.md").read_text())
