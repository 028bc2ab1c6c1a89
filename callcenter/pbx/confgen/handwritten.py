"""Hand-written files: the sections IT staff define there, and where they clash with ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callcenter.pbx.confgen.problems import Problem

_SECTION = re.compile(r"\s*\[(?P<name>[^\]]+)\]\s*(?:\((?P<flags>[^)]*)\))?")
_ENTRY = re.compile(r"\s*(?P<key>[^=;]+?)\s*=>?\s*(?P<value>[^;]*)")
_INCLUDE = re.compile(r'\s*#(?P<try>try)?include\s+["<]?(?P<file>[^">;]+?)[">]?\s*(?:;.*)?$')
SHARED_SECTIONS = {"general", "globals", "global", "system", "startup"}
GENERATED = "generated/"
# Which word of an entry names a thing that may exist only once in its section.
_ONE_OF_A_KIND = {"extensions.conf": "exten", "voicemail.conf": ""}


@dataclass(frozen=True)
class Line:
    """An entry of a section; `key` is '' for the section's own line."""

    place: str
    section: str
    key: str = ""
    value: str = ""
    adds: bool = False  # [name](+)


def read(text: str, name: str) -> Iterator[Line]:
    """The sections and entries of one file, in order."""
    section, adds = "", False
    for number, line in enumerate(text.splitlines(), 1):
        heading = _SECTION.match(line)
        if heading:
            section, adds = heading["name"], "+" in (heading["flags"] or "")
            yield Line(f"{name}:{number}", section, adds=adds)
            continue
        entry = _ENTRY.match(line)
        if entry and not line.lstrip().startswith(("#", ";")):
            key, value = entry["key"].strip(), entry["value"].strip()
            yield Line(f"{name}:{number}", section, key, value, adds)


def problems(folder: Path, etc: Path, generated: Mapping[str, str]) -> list[Problem]:
    """Clashes of the files in `folder` with the generated ones, and includes that lead nowhere."""
    found: list[Problem] = []
    for path in sorted(folder.glob("*.conf")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for included in _files(path.name, text, etc, generated, found):
            ours = generated.get(path.name)
            if ours is not None:
                found += _clashes(path.name, ours, list(read(included[1], included[0])))
    return found


def lines(folder: Path, etc: Path, generated: Mapping[str, str], name: str) -> list[Line]:
    """Entries of one hand-written file and of what it includes that is not ours."""
    path = folder / name
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    files = _files(name, text, etc, generated, [])
    return [line for file, inside in files for line in read(inside, file)]


def _files(
    name: str, text: str, etc: Path, generated: Mapping[str, str], found: list[Problem]
) -> list[tuple[str, str]]:
    """The file and what it includes, as (name, text); missing ones become problems."""
    files = [(name, text)]
    for number, line in enumerate(text.splitlines(), 1):
        include = _INCLUDE.match(line)
        if not include:
            continue
        target = include["file"]
        if target.startswith(GENERATED):
            if target.removeprefix(GENERATED) not in generated:
                found.append(Problem(f"{name}:{number}", f"#include {target}: not a file we make"))
            continue
        paths = sorted(etc.glob(target)) if not target.startswith("/") else [Path(target)]
        existing = [path for path in paths if path.exists()]
        if not existing and not include["try"] and "*" not in target:
            found.append(Problem(f"{name}:{number}", f"#include {target}: there is no such file"))
        for path in existing:
            files.append((target, path.read_text(encoding="utf-8", errors="replace")))
    return files


def _clashes(kind: str, ours: str, theirs: list[Line]) -> Iterator[Problem]:
    own = list(read(ours, kind))
    sections = {line.section for line in own} - SHARED_SECTIONS
    things = {_thing(kind, line) for line in own} - {None}
    for line in theirs:
        if line.section not in sections:
            continue
        if line.key == "" and not line.adds and kind != "voicemail.conf":
            yield Problem(
                line.place,
                f"[{line.section}] is generated; choose another name,"
                f" or write [{line.section}](+) to add to it",
            )
        elif line.key and _thing(kind, line) in things:
            yield Problem(
                line.place,
                f"{line.value.split(',')[0] if kind == 'extensions.conf' else line.key}"
                f" in [{line.section}] is generated; choose another number or name",
            )


def _thing(kind: str, line: Line) -> tuple[str, str] | None:
    """What an entry defines: an extension of a context, a mailbox of a voicemail context."""
    wanted = _ONE_OF_A_KIND.get(kind)
    if not line.key or wanted is None or line.section in SHARED_SECTIONS:
        return None
    if wanted == "":
        return (line.section, line.key)
    return (line.section, line.value.split(",")[0]) if line.key == wanted else None
