"""Site file → Site. The fields and their types come from the dataclasses in domain/site.py."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass, field
from typing import Any

import yaml

from callcenter.domain.site import OpeningRule, QueueMembership, Site
from callcenter.domain.site_parts import COLLECTIONS, KEYS, NESTED, place_of
from callcenter.domain.site_rules import Problem, UnsoundSite, problems
from callcenter.domain.site_rules.problem import did_you_mean
from callcenter.site_file.document import compose, line_of
from callcenter.site_file.values import READERS, weekdays


@dataclass(frozen=True)
class SiteFile:
    """What a file says. `given` are the top keys it has; `lines` is place → line number."""

    site: Site
    given: frozenset[str]
    lines: dict[str, int]

    def with_lines(self, found: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """The same problems, each message led by the line it is about."""
        return tuple(Problem(each.place, self._lined(each)) for each in found)

    def _lined(self, problem: Problem) -> str:
        place = problem.place
        while place and place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return f"line {self.lines[place]}: {problem.message}" if place else problem.message

    def refuse_unsound(self, site: Site) -> None:
        """Raises UnsoundSite with place and line. `site` is this one with its secrets settled."""
        found = self.with_lines(problems(site))
        if found:
            raise UnsoundSite(found)


def read_site_file(text: str) -> SiteFile:
    """Raises InvalidInput (bad YAML) or UnsoundSite (unknown keys, wrong types), with lines.

    Only the shape is judged here; `domain.site_rules` judges the site.
    """
    reader = _Reader()
    values = reader.fields("", compose(text), Site)
    if reader.problems:
        raise UnsoundSite(tuple(reader.problems))
    return SiteFile(Site(**values), frozenset(values), reader.lines)


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def fields(self, place: str, node: yaml.Node, kind: type[Any]) -> dict[str, Any]:
        """The fields a mapping gives; a problem for each that is unknown, double or missing."""
        values: dict[str, Any] = {}
        known = typing.get_type_hints(kind)
        for key, child in self._pairs(place, node):
            here = f"{place}.{key}" if place else key
            self.lines[here] = line_of(child)
            if key not in known:
                self._refuse(here, child, f"unknown key{did_you_mean(key, known)}")
            else:
                values[key] = self._value(here, child, kind, key, known[key])
        for each in dataclasses.fields(kind):
            if each.name not in values and _required(each) and not self._had_problem(place):
                self._refuse(place, node, f"{each.name} is missing")
        return values

    def _value(self, place: str, node: yaml.Node, kind: type[Any], key: str, hint: Any) -> Any:
        if kind is Site and key in COLLECTIONS:
            return self._records(place, node, COLLECTIONS[key], key)
        if key in NESTED.get(kind, {}):
            return self._records(place, node, NESTED[kind][key], "")
        if kind is OpeningRule and key == "weekdays":
            return self._weekdays(place, node)
        if key == "results":
            return tuple(
                (word, self._scalar(f"{place}.{word}", child, str))
                for word, child in self._pairs(place, node)
            )
        if typing.get_origin(hint) is tuple:
            return self._list(place, node)
        return self._scalar(place, node, hint)

    def _records(
        self, place: str, node: yaml.Node, kind: type[Any], collection: str
    ) -> tuple[Any, ...]:
        found = []
        for index, item in enumerate(self._items(place, node)):
            here = f"{place}[{index}]"
            if collection:
                here = place_of(collection, _peek(item, KEYS[kind]), index)
            self.lines.setdefault(here, line_of(item))
            found.append(self._one(here, item, kind))
        return tuple(record for record in found if record is not None)

    def _one(self, place: str, node: yaml.Node, kind: type[Any]) -> Any:
        if kind is QueueMembership and isinstance(node, yaml.ScalarNode):
            return QueueMembership(str(node.value))
        before = len(self.problems)
        values = self.fields(place, node, kind)
        return kind(**values) if len(self.problems) == before else None

    def _list(self, place: str, node: yaml.Node) -> tuple[str, ...]:
        items = self._items(place, node)
        return tuple(self._scalar(f"{place}[{i}]", item, str) for i, item in enumerate(items))

    def _weekdays(self, place: str, node: yaml.Node) -> tuple[int, ...]:
        if isinstance(node, yaml.SequenceNode):
            text = ", ".join(str(item.value) for item in node.value)
        else:
            text = self._scalar(place, node, str)
        try:
            return weekdays(text) if text else ()
        except ValueError as error:
            self._refuse(place, node, str(error))
            return ()

    def _scalar(self, place: str, node: yaml.Node, hint: Any) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self._refuse(place, node, "must be one value")
            return ""
        self.lines.setdefault(place, line_of(node))
        # A Literal is text; domain.site_rules says which words it may be.
        read = READERS.get(hint, str)
        try:
            return read(str(node.value))
        except ValueError as error:
            self._refuse(place, node, str(error))
            return None

    def _items(self, place: str, node: yaml.Node) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if not _is_empty(node):
            self._refuse(place, node, "must be a list: one `- ` line for each")
        return []

    def _pairs(self, place: str, node: yaml.Node) -> list[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            if not _is_empty(node) or not place:
                self._refuse(place, node, "must be `key: value` lines")
            return []
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                self._refuse(f"{place}.{name}".lstrip("."), key, "is there twice; take one out")
            found[name] = value
        return list(found.items())

    def _refuse(self, place: str, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(place or "site", f"line {line_of(node)}: {message}"))

    def _had_problem(self, place: str) -> bool:
        return any(problem.place == place for problem in self.problems)


def _peek(node: yaml.Node, key: str) -> str:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return ""


def _required(each: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return each.default is missing and each.default_factory is missing


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == ""
