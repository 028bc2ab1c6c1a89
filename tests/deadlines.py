"""How long a test waits for what has to come. What is to be shown is that it comes: how soon is a
benchmark's to say."""

from __future__ import annotations

SLOWER = 6  # how much longer a slow, busy machine may take than ours at rest
