"""`callcenter evidence`: the signed file that shows a campaign kept the law, and its check."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from callcenter.accounts.audit import write_audit
from callcenter.cli.report import instant
from callcenter.db.engine import open_engine, sessions
from callcenter.db.site_store import load_site
from callcenter.dialer.evidence.compare import differences
from callcenter.dialer.evidence.key import fingerprint, public_text, signing_key
from callcenter.dialer.evidence.pack import pack
from callcenter.dialer.evidence.verify import Verdict, verify
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HELP = "a signed file of every call of a campaign, for a regulator; and its check"


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write the pack of a campaign and a window")
    export.add_argument("campaign")
    export.add_argument("--from", dest="since", required=True, help="2026-11-01 (site's time)")
    export.add_argument("--to", dest="until", required=True, help="a date includes that day")
    export.add_argument("file", type=Path)
    check = actions.add_parser("verify", help="check a pack; the file alone is enough")
    check.add_argument("file", type=Path)
    check.add_argument("--key", default="", help="public key it has to have, or its fingerprint")
    held = actions.add_parser("compare", help="hold a pack against the books of today")
    held.add_argument("file", type=Path)
    actions.add_parser("key", help="print this installation's public key")


def run(settings: Settings, arguments: Namespace) -> int:
    if arguments.action == "verify":
        return _verify(arguments.file, arguments.key)
    if arguments.action == "compare":
        return _compare(settings, arguments.file)
    if arguments.action == "key":
        public = public_text(signing_key(settings.home))
        print(f"public key   {public}\nfingerprint  {fingerprint(public)}")  # noqa: T201
        return 0
    return _export(settings, arguments)


def _export(settings: Settings, arguments: Namespace) -> int:
    by = os.environ.get("SUDO_USER") or os.environ.get("USER") or "command line"
    partly = arguments.file.with_name(arguments.file.name + ".partly")
    lines = 0
    with sessions(open_engine(settings.database)).begin() as session:
        zone = ZoneInfo(load_site(session).timezone)
        since = instant(arguments.since, zone)
        until = instant(arguments.until, zone, end=True)
        found = pack(session, arguments.campaign, since, until, signing_key(settings.home), by)
        with _opened(partly) as file:
            for line in found:
                file.write(line + "\n")
                lines += 1
        write_audit(
            session, at=time.time(), by=by, action="evidence_exported", subject=arguments.campaign,
            detail=f"{arguments.since} to {arguments.until}", address="command line",
        )  # fmt: skip
    partly.replace(arguments.file)
    print(f"{arguments.file}: {lines - 3} calls, signed. Check: callcenter evidence verify")  # noqa: T201
    return 0


def _opened(path: Path) -> IO[str]:
    """Numbers of people are in it: for the owner alone."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be written: {error.strerror}") from error
    return os.fdopen(descriptor, "w", encoding="utf-8")


def _verify(path: Path, key: str) -> int:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            found = verify(file, key)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    print("\n".join(said(found, bool(key))))  # noqa: T201
    return 0 if found.good else 1


def _compare(settings: Settings, path: Path) -> int:
    """A pack that is not genuine is compared with nothing."""
    if _verify(path, public_text(signing_key(settings.home))):
        return 1
    different = 0
    with sessions(open_engine(settings.database))() as session:
        for each in differences(session, path):
            different += 1
            print(each)  # noqa: T201
    print(f"{different} differences from the books" if different else "the books say the same")  # noqa: T201
    return 1 if different else 0


def said(found: Verdict, key_was_given: bool) -> list[str]:
    """The verdict in words, for the command line and the page."""
    if not found.good:
        return [f"NOT GENUINE: {len(found.problems)} problems", *found.problems]
    header, summary, worst = found.header, found.summary, found.summary["worst_window"]
    lines = [
        f"GENUINE: {found.calls} calls of {header['campaign']} dialed from {header['from']} to "
        f"{header['to']}, unchanged since {header['made_at']}",
        f"rules {header['rules']}: an agent within {header['patience_milliseconds'] / 1000:g} s, "
        f"at most {header['limit']:.2%} abandoned in {_days(header['limit_window_days'])}",
        f"in all {_sum(summary)}",
        f"the worst window, {worst['first']} to {worst['last']}: {_sum(worst)}; the limit was "
        + ("kept" if summary["kept"] else "BROKEN"),
        f"signed by the key with the fingerprint {found.fingerprint}",
        *found.cautions(),
    ]
    if not key_was_given:
        lines.append("Compare that fingerprint with the one the operator gave you another way.")
    return lines


def _days(days: int) -> str:
    return "any day" if days == 1 else f"any {days} days"


def _sum(of: Mapping[str, Any]) -> str:
    share = "" if of["share"] is None else f" = {of['share']:.4%}"
    return f"{of['abandoned']} abandoned of {of['answered_by_people']} answered by people{share}"
