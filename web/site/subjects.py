"""Every kind of record there is in the browser, in the order of the side menu."""

from __future__ import annotations

from web.site.ask import Subject
from web.site.subjects_lines import DIDS, OUTBOUND_ROUTES, PHONES, RING_GROUPS, TRUNKS, VOICEMAIL
from web.site.subjects_people import AGENTS, TEAMS, USERS
from web.site.subjects_routing import HOURS, JOURNEYS, MENUS, MESSAGES, PROMPTS, QUEUES

SUBJECTS: dict[str, Subject] = {
    subject.collection: subject
    for subject in (
        DIDS,
        HOURS,
        MENUS,
        QUEUES,
        RING_GROUPS,
        MESSAGES,
        PROMPTS,
        JOURNEYS,
        USERS,
        AGENTS,
        TEAMS,
        PHONES,
        VOICEMAIL,
        TRUNKS,
        OUTBOUND_ROUTES,
    )
}
SECTIONS = ("Where calls go", "People and phones", "Lines")
