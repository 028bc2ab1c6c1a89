"""Forms of what has a number or a line: phones, ring groups, mailboxes, trunks, numbers."""

from __future__ import annotations

from web.site.ask import Ask, Part, Subject

PHONES = Subject(
    collection="phones",
    title="Phones",
    one="phone",
    section="People and phones",
    icon="phone",
    lede="Desk phones, softphones and browsers that register here. Each has an extension and a "
    "secret we make; its page says what to type into the phone.",
    columns=(("extension", "Extension"), ("name", "Name"), ("kind", "Kind"),
             ("voicemail_pin", "Mailbox"), ("ring_seconds", "Rings")),
    parts=(
        Part("Phone", (
            Ask("extension", "Extension", help="2 to 6 digits."),
            Ask("name", "Name", help="Shown to whoever is called."),
            Ask("kind", "Kind", "select", of=(
                ("desk", "Desk phone or softphone"), ("browser", "Browser"),
            )),
            Ask("secret", "Secret", "secret", "What the phone registers with."),
            Ask("auto_answer", "Answers by itself", "check",
                "For supervisors who listen in: the phone opens without being picked up."),
        )),
        Part("When nobody answers", (
            Ask("ring_seconds", "Rings for", "number", unit="seconds"),
            Ask("no_answer", "Then", "destination", optional="Mailbox if there is one"),
        )),
        Part("Mailbox", (
            Ask("voicemail_pin", "Mailbox", "pin_box", "PIN of 4 to 10 digits for listening."),
            Ask("voicemail_email", "Mail messages to"),
        )),
    ),
    asks_key="2 to 6 digits.",
)  # fmt: skip

RING_GROUPS = Subject(
    collection="ring_groups",
    title="Ring groups",
    one="ring group",
    section="Where calls go",
    icon="users",
    lede="One extension that rings several phones, for a small team that needs no queue.",
    columns=(("extension", "Extension"), ("name", "Name"), ("phones", "Phones"),
             ("no_answer", "No answer")),
    parts=(
        Part("Ring group", (
            Ask("extension", "Extension"),
            Ask("name", "Name"),
            Ask("strategy", "Rings", "select", of=(
                ("all", "all at once"), ("in-order", "one after the other"),
            )),
            Ask("ring_seconds", "Rings for", "number", unit="seconds"),
            Ask("no_answer", "When nobody answers", "destination"),
        )),
        Part("Phones", (
            Ask("phones", "Phones", "rows", add="Add a phone", rows=(
                Ask("", "Phone", "reference", of="phones", optional="–"),
            )),
        )),
    ),
    asks_key="2 to 6 digits.",
)  # fmt: skip

VOICEMAIL = Subject(
    collection="voicemail",
    title="Mailboxes",
    one="mailbox",
    section="People and phones",
    icon="voicemail",
    lede="Mailboxes that belong to no phone: for the company, or a team after hours. A phone has "
    "its own mailbox on the phone's page.",
    columns=(("number", "Number"), ("name", "Name"), ("email", "Mail to"),
             ("greeting", "Greeting")),
    parts=(
        Part("Mailbox", (
            Ask("number", "Number"),
            Ask("name", "Name"),
            Ask("pin", "PIN", "secret", "4 to 10 digits, asked when listening from a phone."),
            Ask("email", "Mail messages to"),
            Ask("greeting", "Greeting", "reference", of="prompts", optional="The standard one"),
        )),
    ),
    asks_key="2 to 6 digits.",
)  # fmt: skip

TRUNKS = Subject(
    collection="trunks",
    title="Trunks",
    one="trunk",
    section="Lines",
    icon="cable",
    lede="The lines to the telephone network: your provider's SIP server, or a gateway of your "
    "own. Calls are accepted only from its addresses.",
    columns=(("name", "Name"), ("title", "Title"), ("host", "Host"), ("codecs", "Codecs"),
             ("max_calls", "Calls")),
    parts=(
        Part("Trunk", (
            Ask("name", "Name"),
            Ask("title", "Title"),
            Ask("host", "Host", help="Address or name of the provider's server."),
            Ask("port", "Port", "number"),
            Ask("match", "Calls come from", "words",
                "Addresses or networks, with commas between. Empty: the host alone."),
        )),
        Part("Account", (
            Ask("username", "User name", help="Empty: the provider knows us by our address."),
            Ask("secret", "Password", "secret", "From the provider."),
            Ask("register", "Register with the provider", "check"),
        )),
        Part("Calls", (
            Ask("codecs", "Codecs", "words", "By preference: ulaw, alaw, gsm."),
            Ask("max_calls", "At most", "number", unit="calls at a time"),
            Ask("caller_number", "Number shown on calls out"),
        )),
    ),
)  # fmt: skip

OUTBOUND_ROUTES = Subject(
    collection="outbound_routes",
    title="Outbound routes",
    one="outbound route",
    section="Lines",
    icon="phone-outgoing",
    lede="Which numbers phones may dial through which trunk. The first that fits is used; what "
    "fits none cannot be dialed, so write no more than you need.",
    columns=(("name", "Name"), ("pattern", "Pattern"), ("trunk", "Trunk"),
             ("strip_digits", "Strips"), ("prepend", "Puts before")),
    parts=(
        Part("Route", (
            Ask("name", "Name"),
            Ask("pattern", "Numbers", help="X is any digit, Z is 1–9, N is 2–9, [2-5] a set, a dot "
                "at the end any number of digits: 9NXXXXXX or 900X."),
            Ask("trunk", "Trunk", "reference", of="trunks"),
            Ask("strip_digits", "Take off in front", "number", unit="digits"),
            Ask("prepend", "Then put in front"),
        )),
    ),
)  # fmt: skip

DIDS = Subject(
    collection="dids",
    title="Numbers",
    one="number",
    section="Where calls go",
    icon="hash",
    lede="The numbers people dial to reach you, as your provider sends them, and where each call "
    "goes first: mostly to opening hours, or straight to a queue.",
    columns=(("number", "Number"), ("title", "Title"), ("destination", "Goes to")),
    parts=(
        Part("Number", (
            Ask("number", "Number", help="As the provider sends it, with or without +."),
            Ask("title", "Title", help="What you call it, e.g. Main number."),
            Ask("destination", "Calls go to", "destination"),
        )),
    ),
    asks_key="3 to 15 digits, with or without +.",
)  # fmt: skip
