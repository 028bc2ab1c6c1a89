"""`callcenter campaign …`: campaigns as files, and their start and stop."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from callcenter.cli.writing import audit, run_action
from callcenter.db.campaign_store import (
    campaign_names,
    delete_campaign,
    load_campaign,
    read_campaigns,
)
from callcenter.dialer.leads.campaigns import judge_and_save, judge_and_set_state
from callcenter.domain.campaign import Campaign
from callcenter.domain.campaign_document import from_plain, to_plain
from callcenter.domain.campaign_rules import UnsoundCampaign
from callcenter.domain.errors import InvalidInput
from callcenter.settings import Settings

HELP = "dialing campaigns: list, export and import as YAML, start, pause, finish"
STATES = {"start": "running", "pause": "paused", "finish": "finished"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the campaigns and their states")
    export = actions.add_parser("export", help="one campaign as YAML on standard output")
    export.add_argument("name")
    export.add_argument("--all", action="store_true", help="with settings that are as they come")
    take = actions.add_parser("import", help="add or change the campaign that FILE describes")
    take.add_argument("file", help="- : standard input")
    take.add_argument("--check", action="store_true", help="only say what is wrong with it")
    for action, state in STATES.items():
        one = actions.add_parser(action, help=f"set it {state}")
        one.add_argument("name")
    gone = actions.add_parser("delete", help="what it dialed stays as evidence")
    gone.add_argument("name")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return run_action(settings, arguments, _ACTIONS)


def _list(session: Session, arguments: argparse.Namespace) -> str:
    campaigns, unreadable = read_campaigns(session)
    lines = [
        f"{each.name}: {each.state}, {each.mode}, queue {each.queue}, "
        f"lists {', '.join(share.list for share in each.lists) or 'none'}"
        for each in campaigns
    ] + [f"{each.name}: {each.state}, but {each.why}" for each in unreadable]
    return "\n".join(lines) or "there is no campaign"


def _export(session: Session, arguments: argparse.Namespace) -> str:
    plain = to_plain(load_campaign(session, arguments.name), defaults=arguments.all)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100).rstrip()


def _import(session: Session, arguments: argparse.Namespace) -> str:
    campaign = read_campaign(_text(arguments.file))
    present = campaign.name in campaign_names(session)
    judge_and_save(session, campaign, time.time(), only_judge=arguments.check)
    if arguments.check:
        return f"campaign {campaign.name} is sound"
    action = "campaign_changed" if present else "campaign_added"
    audit(session, action, campaign.name)
    return f"campaign {campaign.name} saved"


def read_campaign(text: str) -> Campaign:
    """Raises UnsoundCampaign or InvalidInput."""
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInput(f"not valid YAML: {error}") from error
    campaign, problems = from_plain(data)
    if campaign is None:
        raise UnsoundCampaign(tuple(problems))
    return campaign


def _set_state(session: Session, arguments: argparse.Namespace) -> str:
    state = STATES[arguments.action]
    judge_and_set_state(session, arguments.name, state, time.time())  # type: ignore[arg-type]
    audit(session, f"campaign_{state}", arguments.name)
    return f"campaign {arguments.name} is {state}"


def _delete(session: Session, arguments: argparse.Namespace) -> str:
    delete_campaign(session, arguments.name)
    audit(session, "campaign_deleted", arguments.name)
    return f"campaign {arguments.name} is deleted"


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file}: cannot be read: {error}") from error


_ACTIONS = {
    "list": _list,
    "export": _export,
    "import": _import,
    "delete": _delete,
    **dict.fromkeys(STATES, _set_state),
}
