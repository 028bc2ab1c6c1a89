"""Site → site file. Fields at their default are left out, so a file shows what was decided."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from typing import Any

import yaml

from callcenter.domain.site import OpeningRule, QueueMembership, Site
from callcenter.domain.site_parts import COLLECTIONS, KEYS
from callcenter.domain.site_secrets import withheld
from callcenter.site_file.values import weekdays_text

HEADING = """\
# A call centre's site. `callcenter site import FILE` reads it; docs/site-file.md has every key.
"""
KEPT = "# Secrets read `keep`: an import leaves them as they are. `--secrets` writes them out.\n"


def write_site_file(site: Site, *, with_secrets: bool = False) -> str:
    """YAML text. Without secrets each one reads `keep`; password hashes are never in it."""
    shown = site if with_secrets else withheld(site)
    text = yaml.dump(_site(shown), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    heading = HEADING if with_secrets else HEADING + KEPT
    return heading + text


def _site(site: Site) -> dict[str, Any]:
    # The site's own settings and every collection are written even at their default, so that an
    # import of the file says the whole site.
    found: dict[str, Any] = {}
    for each in dataclasses.fields(site):
        value = getattr(site, each.name)
        records = each.name in COLLECTIONS
        found[each.name] = [_record(item) for item in value] if records else _plain(value)
    return found


def _record(record: Any) -> Any:
    if isinstance(record, QueueMembership) and record.penalty == 0:
        return record.queue
    return {
        each.name: _field(record, each.name)
        for each in dataclasses.fields(record)
        if each.name == KEYS.get(type(record)) or getattr(record, each.name) != _default(each)
    }


def _field(record: Any, name: str) -> Any:
    value = getattr(record, name)
    if isinstance(record, OpeningRule) and name == "weekdays":
        return weekdays_text(value)
    if name == "results":
        return dict(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_record(item) if dataclasses.is_dataclass(item) else _plain(item) for item in value]
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _default(each: dataclasses.Field[Any]) -> Any:
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return each.default


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes U+0085 and U+2028 plain, and reads them as spaces.
    quoted = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=quoted)


_Dumper.add_representer(str, _text)
