"""Delete rendered configurations nobody will roll back to: the newest ten stay, and the one in
force always."""

from __future__ import annotations

import shutil

from callcenter.settings import Settings

KEPT = 10


def remove_old_generations(settings: Settings, kept: int = KEPT) -> str:
    folder = settings.home / "asterisk" / "generations"
    in_force = settings.generated.resolve()
    numbered = sorted(
        (path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)
    )
    old = [path for path in numbered[: max(0, len(numbered) - kept)] if path != in_force]
    for path in old:
        shutil.rmtree(path)
    return f"deleted {len(old)}"
