"""A campaign while it dials: figures, pacing, outcomes, and the settings that change it now."""

from web.campaign_board import answers, evidence, views  # noqa: F401 - their views join the blueprint
from web.campaign_board.blueprint import blueprint

__all__ = ["blueprint"]
