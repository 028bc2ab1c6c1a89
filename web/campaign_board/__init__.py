"""A campaign while it dials: figures, pacing, outcomes, and the settings that change it now."""

from web.campaign_board import (  # noqa: F401 - their views join the blueprint
    answers,
    evidence,
    recordings,
    views,
)
from web.campaign_board.blueprint import blueprint

__all__ = ["blueprint"]
