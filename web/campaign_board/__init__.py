"""A campaign while it dials: figures, pacing, outcomes, and the settings that change it now."""

from web.campaign_board.views import blueprint

__all__ = ["blueprint"]
