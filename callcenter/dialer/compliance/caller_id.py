"""Which of the campaign's numbers is shown to a called number."""

from __future__ import annotations

from callcenter.domain.campaign import CallerId


def caller_id_for(number: str, pool: tuple[CallerId, ...], turn: int = 0) -> str:
    """The one with the longest matching prefix; several take turns by `turn`. Empty: none fits."""
    best = max((_fit(number, each) for each in pool), default=-1)
    fitting = [each.number for each in pool if _fit(number, each) == best] if best >= 0 else []
    return fitting[turn % len(fitting)] if fitting else ""


def _fit(number: str, caller_id: CallerId) -> int:
    """Length of the matching prefix; 0 fits any number; -1 does not fit."""
    if not caller_id.prefixes:
        return 0
    return max(
        (len(prefix) for prefix in caller_id.prefixes if number.startswith(prefix)), default=-1
    )
