"""What if: a campaign with other teams and limits, on the simulated clock."""

from web.what_if.views import blueprint

__all__ = ["blueprint"]
