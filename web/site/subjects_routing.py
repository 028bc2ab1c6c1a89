"""Forms of a call's way: hours, menus, queues, messages, prompts, journeys."""

from __future__ import annotations

from web.site.ask import Ask, Part, Subject

SECTION = "Where calls go"

HOURS = Subject(
    collection="hours",
    title="Opening hours",
    one="opening hours",
    section=SECTION,
    icon="clock",
    lede="When you are open, and where a call goes then and otherwise. Holidays count as closed.",
    columns=(("name", "Name"), ("title", "Title"), ("rules", "Open"), ("open", "Open: to"),
             ("closed", "Closed: to")),
    parts=(
        Part("Opening hours", (
            Ask("name", "Name"),
            Ask("title", "Title"),
            Ask("open", "When open", "destination"),
            Ask("closed", "When closed", "destination"),
            Ask("holiday", "On holidays", "destination", optional="The same as closed"),
        )),
        Part("Open on", (
            Ask("rules", "Weekly hours", "rows", add="Add hours", rows=(
                Ask("weekdays", "Days", "weekdays"),
                Ask("opens", "From", "time"),
                Ask("closes", "To", "time"),
            )),
        ), "Hours may have a pause: add a line for each part. 00:00 is midnight."),
        Part("Holidays", (
            Ask("holidays", "Holidays", "rows", add="Add a holiday", rows=(
                Ask("day", "Day", "date"),
                Ask("name", "Name"),
                Ask("every_year", "Every year", "check"),
            )),
        )),
    ),
)  # fmt: skip

MENUS = Subject(
    collection="menus",
    title="Menus",
    one="menu",
    section=SECTION,
    icon="list-tree",
    lede="“Press 1 for …”: a prompt, and where each key leads. Menus may lead to other menus.",
    columns=(("name", "Name"), ("title", "Title"), ("prompt", "Prompt"), ("options", "Keys"),
             ("on_timeout", "Nothing pressed")),
    parts=(
        Part("Menu", (
            Ask("name", "Name"),
            Ask("title", "Title"),
            Ask("prompt", "Prompt", "reference", of="prompts"),
            Ask("wait_seconds", "Waits for a key", "number", unit="seconds"),
            Ask("tries", "Plays it", "number", unit="times"),
            Ask("direct_dial", "Callers may dial an extension", "check"),
        )),
        Part("Keys", (
            Ask("options", "Keys", "rows", add="Add a key", rows=(
                Ask("digit", "Key", "select", of=tuple((key, key) for key in "1234567890*#"),
                    optional="–"),
                Ask("destination", "Leads to", "destination"),
                Ask("title", "Note"),
            )),
        )),
        Part("Otherwise", (
            Ask("on_timeout", "When nothing is pressed", "destination"),
            Ask("on_invalid", "When a wrong key is pressed", "destination"),
            Ask("invalid_prompt", "Prompt for a wrong key", "reference", of="prompts",
                optional="None, just repeat"),
        )),
    ),
)  # fmt: skip

QUEUES = Subject(
    collection="queues",
    title="Queues",
    one="queue",
    section=SECTION,
    icon="list-ordered",
    lede="Where callers wait for an agent. Agents are put into queues on the agent's page.",
    columns=(("name", "Name"), ("title", "Title"), ("strategy", "Strategy"),
             ("max_wait_seconds", "Longest wait"), ("record", "Recorded"),
             ("service_level_seconds", "Service level")),
    parts=(
        Part("Queue", (
            Ask("name", "Name"),
            Ask("title", "Title", help="Shown on the wallboard."),
            Ask("weight", "Weight", "number", "Agents in two queues serve the heavier one first."),
            Ask("record", "Record conversations", "check"),
        )),
        Part("Asking agents", (
            Ask("strategy", "Who is asked", "select", of=(
                ("rrmemory", "each in turn, going on after the last one asked"),
                ("leastrecent", "who has been without a call longest"),
                ("fewestcalls", "who has had the fewest calls"),
                ("ringall", "everyone at once"),
                ("random", "anyone by chance"),
                ("wrandom", "by chance, weighted by penalty"),
                ("linear", "always in the same order"),
            )),
            Ask("ring_seconds", "Rings for", "number", unit="seconds"),
            Ask("retry_seconds", "Asks again after", "number", unit="seconds"),
            Ask("wrap_up_seconds", "Rest after a call", "number", unit="seconds"),
            Ask("agent_prompt", "Whispered to the agent", "reference", of="prompts",
                optional="Nothing"),
            Ask("auto_pause", "Pause an agent who does not answer", "check"),
        )),
        Part("Waiting", (
            Ask("music", "Music", help="Class of music on hold."),
            Ask("wait_prompt", "Announcement", "reference", of="prompts", optional="None"),
            Ask("wait_prompt_every_seconds", "Played every", "number", unit="seconds"),
            Ask("announce_position", "Say the position in the queue", "check"),
            Ask("announce_every_seconds", "Said every", "number", unit="seconds"),
        )),
        Part("Keys while waiting", (
            Ask("keys", "Keys", "rows", add="Add a key", rows=(
                Ask("digit", "Key", "select", of=tuple((key, key) for key in "1234567890*#"),
                    optional="–"),
                Ask("destination", "Leads to", "destination"),
            )),
        ), "“Press 1 to be called back”: say so in the announcement."),
        Part("When it is too long", (
            Ask("max_waiting", "At most", "number", "0: no limit.", unit="callers waiting"),
            Ask("on_full", "When full", "destination"),
            Ask("max_wait_seconds", "Wait at most", "number", "0: no limit.", unit="seconds"),
            Ask("on_timeout", "After that", "destination"),
            Ask("on_no_agents", "When nobody is signed in", "destination", optional="Wait anyway"),
        )),
        Part("Figures", (
            Ask("service_level_seconds", "Answered within", "number",
                "Counts as good service.", unit="seconds"),
            Ask("short_abandon_seconds", "Short abandon", "number",
                "Callers who leave sooner are counted apart.", unit="seconds"),
        )),
        Part("After a call", (
            Ask("dispositions", "Dispositions", "rows", add="Add a disposition", rows=(
                Ask("", "Disposition"),
            )),
        ), "What a call can have come to. Agents choose one on My phone; none here: they are not "
           "asked."),
    ),
)  # fmt: skip

MESSAGES = Subject(
    collection="messages",
    title="Messages",
    one="message",
    section=SECTION,
    icon="megaphone",
    lede="Plays a prompt and goes on: “We are closed”, then to the mailbox.",
    columns=(("name", "Name"), ("prompt", "Prompt"), ("then", "Then")),
    parts=(
        Part("Message", (
            Ask("name", "Name"),
            Ask("prompt", "Prompt", "reference", of="prompts"),
            Ask("then", "Then", "destination"),
        )),
    ),
)  # fmt: skip

PROMPTS = Subject(
    collection="prompts",
    title="Prompts",
    one="prompt",
    section=SECTION,
    icon="audio-lines",
    lede="What callers hear. Write a text and it is spoken by a voice on this machine, or upload a "
    "recording.",
    columns=(("name", "Name"), ("text", "Text"), ("language", "Language"),
             ("uploaded", "Uploaded")),
    parts=(
        Part("Prompt", (
            Ask("name", "Name"),
            Ask("text", "Text", "prose", "Spoken as it stands; with an upload, a note of it."),
            Ask("language", "Language of the voice", help="A code such as en, it, de."),
            Ask("uploaded", "Play the uploaded recording, not the voice", "check"),
        )),
    ),
)  # fmt: skip

JOURNEYS = Subject(
    collection="journeys",
    title="Journeys",
    one="journey",
    section=SECTION,
    icon="route",
    lede="A step where data decides, such as “where is my order”: a script in agi-scripts/, and "
    "where the call goes after it. If the script cannot run, the call goes on without it.",
    columns=(("name", "Name"), ("script", "Script"), ("results", "Results"), ("then", "Otherwise")),
    parts=(
        Part("Journey", (
            Ask("name", "Name"),
            Ask("script", "Script", help="File name in agi-scripts/, e.g. order_status.py"),
            Ask("argument", "Told to the script", help="One word, for scripts that take one: "
                "request_callback.py wants the name of a campaign."),
            Ask("then", "Otherwise go to", "destination", "Also when the script cannot run."),
        )),
        Part("Results", (
            Ask("results", "Results", "rows", add="Add a result", rows=(
                Ask("word", "Result word"),
                Ask("destination", "Leads to", "destination"),
            )),
        ), "A script may end with a word; each can lead somewhere else."),
    ),
)  # fmt: skip
