"""The simulated agents: who is idle, talking, wrapping up, and who goes after the present call."""

from __future__ import annotations

from collections import deque
from itertools import islice


class Staff:
    """Keeps agents by what they do and since when. Calls name the agents they keep busy."""

    def __init__(self, agents: int) -> None:
        self.idle_since: deque[float] = deque([0.0] * agents)
        self.talking_since: dict[int, float] = {}
        self.wrapping_since: dict[int, float] = {}
        self.staffed_seconds = 0.0
        self._leaving = 0
        self._counted_until = 0.0

    @property
    def present(self) -> int:
        return len(self.idle_since) + len(self.talking_since) + len(self.wrapping_since)

    @property
    def staying(self) -> int:
        return self.present - self._leaving

    def take(self, call: int, now: float) -> float:
        """Give `call` to the agent who has been idle longest; how long that was, in seconds."""
        idle_seconds = now - self.idle_since.popleft()
        self.talking_since[call] = now
        return idle_seconds

    def begin_wrap_up(self, call: int, now: float) -> float:
        """The talk is over; how long it was, in seconds."""
        seconds = now - self.talking_since.pop(call)
        self.wrapping_since[call] = now
        return seconds

    def end_wrap_up(self, call: int, now: float) -> tuple[float, bool]:
        """(seconds wrapped up, whether the agent stays and is idle now)."""
        self.count_until(now)
        seconds = now - self.wrapping_since.pop(call)
        if self._leaving:
            self._leaving -= 1
            return seconds, False
        self.idle_since.append(now)
        return seconds, True

    def change_to(self, agents: int, now: float) -> int:
        """Agents go (the busy ones after their call) or come; how many came and are idle."""
        self.count_until(now)
        back = min(self._leaving, max(0, agents - self.staying))
        self._leaving -= back
        came = max(0, agents - self.staying)
        self.idle_since.extend([now] * came)
        while self.staying > agents and self.idle_since:
            self.idle_since.pop()
        self._leaving += max(0, self.staying - agents)
        return came

    def count_until(self, now: float) -> None:
        self.staffed_seconds += self.present * (now - self._counted_until)
        self._counted_until = now

    def busy_seconds(self, now: float) -> tuple[list[float], list[float]]:
        """(seconds talked, seconds wrapped up) of those who will be idle again.

        Those who leave do so as soon as they are done, so the ones nearest to it are left out.
        """
        from_wrap_up = min(self._leaving, len(self.wrapping_since))
        from_talk = self._leaving - from_wrap_up
        return (
            [now - since for since in islice(self.talking_since.values(), from_talk, None)],
            [now - since for since in islice(self.wrapping_since.values(), from_wrap_up, None)],
        )
