"""What one person may see: whose calls, agents and figures, and how much of a caller's number.

The only place that decides it. Reports narrow their rows by a Sight (reports/seen.py), the live
stream its floor (web/live/floor.py), pages ask `web.access.sight`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.domain.site import Numbers, Site, User

MASK = "•••"
LAST_DIGITS = 3  # masked
SHORT_DIGITS = 4  # as long as extensions usually are: nobody's own number
_NUMBER = re.compile(rf"\+?\d(?:[\s().\-/]{{0,2}}\d){{{SHORT_DIGITS},}}")


@dataclass(frozen=True)
class Sight:
    """`agents` and `queues` None: everybody's, all. A call is seen when one of the agents talked
    in it or it waited in one of the queues."""

    agents: frozenset[str] | None = None
    queues: frozenset[str] | None = None
    numbers: Numbers = "full"

    @property
    def limited(self) -> bool:
        return self.agents is not None or self.queues is not None

    @property
    def masks(self) -> bool:
        return self.numbers != "full"

    def of_agent(self, number: str) -> bool:
        return self.agents is None or number in self.agents

    def of_queue(self, name: str) -> bool:
        return self.queues is None or name in self.queues

    def of_call(self, agents: Iterable[str], queues: Iterable[str]) -> bool:
        """Who talked in it (live: or whose phone rings for it), and where it waited."""
        if not self.limited:
            return True
        return bool((self.agents or frozenset()).intersection(agents)) or bool(
            (self.queues or frozenset()).intersection(queues)
        )

    def number(self, text: str) -> str:
        """A person's number as this role sees it."""
        if not self.masks or len(re.sub(r"\D", "", text)) <= SHORT_DIGITS:
            return text
        return MASK if self.numbers == "hidden" else text[:-LAST_DIGITS] + MASK

    def name(self, text: str) -> str:
        """A caller's name; carriers like to send the number there."""
        if self.numbers == "hidden" and text:
            return MASK
        return self.words(text)

    def words(self, text: str, known: frozenset[str] = frozenset()) -> str:
        """A text with the numbers in it masked, but for `known` ones: the house's own."""
        if not self.masks:
            return text
        return _NUMBER.sub(
            lambda found: found[0] if found[0] in known else self.number(found[0]), text
        )


EVERYTHING = Sight()
NOTHING = Sight(frozenset(), frozenset(), "hidden")


def sight_of(site: Site, username: str) -> Sight:
    """An agent sees the own calls, a supervisor those of the own teams (without a team: all), an
    admin everything; a stranger nothing."""
    user = next((each for each in site.users if each.username == username), None)
    if user is None:
        return NOTHING
    if user.role == "admin":
        return EVERYTHING
    if user.role == "agent":
        own = frozenset({user.agent} - {""})
        return Sight(own, frozenset(), site.agents_see_numbers)
    if not user.teams:
        return Sight(numbers=site.supervisors_see_numbers)
    return _of_teams(site, user)


def _of_teams(site: Site, user: User) -> Sight:
    teams = [team for team in site.teams if team.name in user.teams]
    return Sight(
        frozenset(agent for team in teams for agent in team.agents),
        frozenset(queue for team in teams for queue in team.queues),
        site.supervisors_see_numbers,
    )
