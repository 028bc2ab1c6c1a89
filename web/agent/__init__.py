"""The agent's own page: sign in to the queues, pause, see the caller."""

from web.agent.views import blueprint

__all__ = ["blueprint"]
