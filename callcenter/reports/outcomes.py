"""What the ways a call can end are called, and their tone."""

from __future__ import annotations

# outcome → (word, tone); tones are in web/static/css/components.css
OUTCOMES = {
    "": ("In progress", "info"),
    "answered": ("Answered", "good"),
    "abandoned": ("Abandoned", "bad"),
    "voicemail": ("Voicemail", "calm"),
    "callback": ("Callback", "calm"),
    "closed": ("Closed", "idle"),
    "self_service": ("Self-service", "calm"),
    "timeout": ("Waited too long", "warn"),
    "overflow": ("Queue full", "warn"),
    "no_agents": ("No agents", "warn"),
    "left": ("Left", "idle"),
    "not_answered": ("Not answered", "warn"),
    "failed": ("Failed", "bad"),
    "cut": ("Cut off", "bad"),
    "feature": ("Feature code", "idle"),
    "spy": ("Listened in", "calm"),
    "waiting": ("Waiting", "info"),
}
