"""What makes a site sound. `problems` is the one judge for forms, site file and renderer.

fields      each field by itself: allow-lists and ranges, so that no text can break out of a
            rendered Asterisk file
names       duplicates
references  what points at nothing
loops       menus and phones a caller cannot get out of
"""

from __future__ import annotations

from callcenter.domain.errors import InvalidInput
from callcenter.domain.site import Site
from callcenter.domain.site_rules import fields, loops, names, references
from callcenter.domain.site_rules.problem import Problem

__all__ = ["Problem", "UnsoundSite", "problems", "refuse_unsound"]


class UnsoundSite(InvalidInput):
    """A site that breaks the rules; `problems` says where, the message lists them all."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in found))
        self.problems = found


def problems(site: Site) -> tuple[Problem, ...]:
    """Everything wrong with `site`, in the order of its collections."""
    found = (
        *fields.problems(site),
        *names.problems(site),
        *references.problems(site),
        *loops.problems(site),
    )
    return tuple(dict.fromkeys(found))


def refuse_unsound(site: Site) -> None:
    """Raises UnsoundSite with all the places."""
    found = problems(site)
    if found:
        raise UnsoundSite(found)
