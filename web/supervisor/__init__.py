"""The floor: live calls and agents, and what a supervisor may do about them."""

from web.supervisor.views import blueprint

__all__ = ["blueprint"]
