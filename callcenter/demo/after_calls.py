"""What the simulated agents say that their calls came to, and what calls cost in the demo."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from sqlalchemy.orm import Session

from callcenter.db.campaign_store import find_campaign
from callcenter.db.disposition_store import DisposedCall, dispose, newest_calls
from callcenter.db.rate_store import read_csv, save_rates
from callcenter.db.site_store import load_site
from callcenter.dialer.leads import said

WORDS_SECONDS = 5.0
FORGETFUL = 0.1  # so many calls never get a word, as in life
RATES = """prefix,title,trunk,direction,price_per_minute,connection_fee,increment_seconds,currency
,Calls in,carrier,inbound,0.0040,0,60,USD
1,North America,carrier,outbound,0.0095,0,6,USD
1808,Hawaii,carrier,outbound,0.0210,0.01,6,USD
44,United Kingdom,carrier,outbound,0.0180,0,1,USD
"""


def add_demo_rates(session: Session) -> None:
    save_rates(session, read_csv(RATES), replace_all=False)


def say_words(session: Session, agents: Iterable[str], random: Random, now: float) -> int:
    """A word for each call that is over and has none; of how many calls. The caller commits."""
    words = {each.name: each.dispositions for each in load_site(session).queues}
    queues = sorted(name for name, listed in words.items() if listed)
    count = 0
    for agent in agents:
        for call in newest_calls(session, agent, queues, now):
            if call.is_over and not call.disposition and not _forgotten(call, agent):
                _say(session, call, agent, words, random, now)
                count += 1
    return count


def _forgotten(call: DisposedCall, agent: str) -> bool:
    """By the call itself, so that it stays forgotten."""
    return Random(f"{call.call_id} {agent}").random() < FORGETFUL  # noqa: S311 - a play


def _say(
    session: Session,
    call: DisposedCall,
    agent: str,
    words: dict[str, tuple[str, ...]],
    random: Random,
    now: float,
) -> None:
    if not call.attempt:
        chosen = _one_of(words[call.queue], random)
        dispose(session, call.node, call.call_id, agent, chosen, words, now)
        return
    campaign = find_campaign(session, call.campaign)
    # No promises and no bans: the same people are called for ever.
    codes = [each.code for each in campaign.dispositions if each.then == "done"] if campaign else []
    if codes:
        word = said.Word(_one_of(codes, random))
        said.say(session, agent, call.attempt, word, now, by=agent)


def _one_of(words: Iterable[str], random: Random) -> str:
    """The first is the commonest."""
    listed = list(words)
    weights = [1 / place for place in range(1, len(listed) + 1)]
    return random.choices(listed, weights)[0]
