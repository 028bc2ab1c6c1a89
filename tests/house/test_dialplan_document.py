"""docs/dialplan.md names every context there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from callcenter.pbx.confgen import render
from callcenter.pbx.confgen.handwritten import SHARED_SECTIONS, read
from callcenter.settings import CHECKOUT, Settings
from tests.stack_site import stack_site
from tests.unit.confgen.test_render import with_secrets

ROW = re.compile(r"^\| `(cc-[\w<>-]+)` \|", re.MULTILINE)


def test_every_context_is_documented_and_every_documented_one_exists(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, asterisk_conf=CHECKOUT / "asterisk-conf", ami_secret="s")
    site = with_secrets(stack_site())
    text = render(site, settings)["extensions.conf"]
    rendered = {line.section for line in read(text, "extensions.conf")} - SHARED_SECTIONS
    each_of = {f"cc-menu-{menu.name}": "cc-menu-<name>" for menu in site.menus}
    each_of |= {f"cc-queue-key-{queue.name}": "cc-queue-key-<name>" for queue in site.queues}
    named = {each_of.get(name, name) for name in rendered}
    documented = ROW.findall((CHECKOUT / "docs/dialplan.md").read_text())
    assert sorted(documented) == sorted(named)
