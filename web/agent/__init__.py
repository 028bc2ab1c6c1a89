"""The agent's own page: sign in to the queues, pause, see the caller."""

from web.agent import dispositions, views
from web.agent.blueprint import blueprint

__all__ = ["blueprint", "dispositions", "views"]
