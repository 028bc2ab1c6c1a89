"""What differs between two sites, said in the words of the site file. Never tells a secret."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from callcenter.domain.site import Site
from callcenter.domain.site_parts import COLLECTIONS, key_of


@dataclass(frozen=True)
class Change:
    action: Literal["added", "changed", "removed", "reordered"]
    collection: str  # `site` for the settings of the site itself
    key: str = ""
    fields: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return f"{self.collection}.{self.key}" if self.key else self.collection

    def __str__(self) -> str:
        detail = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{self.subject} {self.action}{detail}"


def changes(before: Site, after: Site) -> tuple[Change, ...]:
    """In the order of the site's collections; what is removed comes before what is added."""
    own = tuple(name for name in OWN_FIELDS if getattr(before, name) != getattr(after, name))
    found = [Change("changed", "site", fields=own)] if own else []
    for collection in COLLECTIONS:
        old, new = by_key(before, collection), by_key(after, collection)
        found += [Change("removed", collection, key) for key in old if key not in new]
        found += [Change("added", collection, key) for key in new if key not in old]
        for key in new:
            fields = _differing(old[key], new[key]) if key in old else ()
            if fields:
                found.append(Change("changed", collection, key, fields))
        if [key for key in old if key in new] != [key for key in new if key in old]:
            found.append(Change("reordered", collection))
    return tuple(found)


def by_key(site: Site, collection: str) -> dict[str, Any]:
    return {key_of(record): record for record in getattr(site, collection)}


def _differing(old: Any, new: Any) -> tuple[str, ...]:
    names = (each.name for each in dataclasses.fields(old))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


OWN_FIELDS = tuple(each.name for each in dataclasses.fields(Site) if each.name not in COLLECTIONS)
