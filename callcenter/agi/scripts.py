"""The journey steps of agi-scripts/, loaded by name and again when their file changes."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path

from callcenter.agi.journey import Journey
from callcenter.domain.errors import InvalidInput, NotFound

Run = Callable[[Journey], None]


class Scripts:
    """Thread-safe. IT staff edit the files while calls run: the next call uses the new text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[str, tuple[int, Run]] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Run:
        """`name` is a plain file name (see `request.script_name`). Raises NotFound, or
        InvalidInput when the file is no journey step."""
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            raise NotFound(f"There is no {name} in {self._folder}") from None
        with self._lock:
            known = self._loaded.get(name)
            if known is None or known[0] != changed:
                known = self._loaded[name] = (changed, _load(path))
            return known[1]


def _load(path: Path) -> Run:
    spec = importlib.util.spec_from_file_location(f"agi_script_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InvalidInput(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever its author wrote; the call goes on without it
        raise InvalidInput(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    run = getattr(module, "run", None)
    if not callable(run):
        raise InvalidInput(f"{path} has no function run(journey)")
    found: Run = run
    return found
