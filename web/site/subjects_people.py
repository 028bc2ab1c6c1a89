"""Forms of people: users of these pages, agents who take calls, and their teams."""

from __future__ import annotations

from web.site.ask import Ask, Part, Subject

USERS = Subject(
    collection="users",
    title="Users",
    one="user",
    section="People and phones",
    icon="user",
    lede="Who may sign in here. An agent sees the own phone, a supervisor the floor and the calls, "
    "an admin everything. A new user gets a password that is shown once.",
    columns=(("username", "User name"), ("name", "Name"), ("role", "Role"), ("agent", "Agent"),
             ("phone", "Phone"), ("teams", "Teams")),
    parts=(
        Part("Person", (
            Ask("username", "User name"),
            Ask("name", "Name"),
            Ask("role", "Role", "select", of=(
                ("agent", "Agent – takes calls"),
                ("supervisor", "Supervisor – sees the floor, listens in"),
                ("admin", "Admin – changes the site"),
            )),
        )),
        Part("On the phone", (
            Ask("agent", "Agent", "reference", "Whose state the agent page shows.", of="agents",
                optional="Not an agent"),
            Ask("phone", "Phone", "reference", "Rings when this person listens in.", of="phones",
                optional="No phone"),
        )),
        Part("Teams", (
            Ask("teams", "Teams", "rows", add="Add a team", rows=(
                Ask("", "Team", "reference", of="teams", optional="–"),
            )),
        ), "A supervisor of teams sees and commands these alone: their calls, recordings, agents, "
           "queues and figures. A supervisor without one sees everybody's."),
    ),
    asks_key="Letters, digits and . _ @ -",
)  # fmt: skip

TEAMS = Subject(
    collection="teams",
    title="Teams",
    one="team",
    section="People and phones",
    icon="users",
    lede="Agents and queues that belong together. A supervisor of a team sees its calls, agents "
    "and figures only; reports add its figures up.",
    columns=(("name", "Name"), ("title", "Title"), ("agents", "Agents"), ("queues", "Queues")),
    parts=(
        Part("Team", (
            Ask("name", "Name"),
            Ask("title", "Title"),
        )),
        Part("Agents", (
            Ask("agents", "Agents", "rows", add="Add an agent", rows=(
                Ask("", "Agent", "reference", of="agents", optional="–"),
            )),
        ), "The calls they talk in, and their working time."),
        Part("Queues", (
            Ask("queues", "Queues", "rows", add="Add a queue", rows=(
                Ask("", "Queue", "reference", of="queues", optional="–"),
            )),
        ), "All calls of these queues, whoever answers them."),
    ),
)  # fmt: skip

AGENTS = Subject(
    collection="agents",
    title="Agents",
    one="agent",
    section="People and phones",
    icon="headphones",
    lede="Who takes calls from queues. An agent has a number, signs in at any phone with it, and "
    "serves the queues listed here.",
    columns=(("number", "Number"), ("name", "Name"), ("queues", "Queues")),
    parts=(
        Part("Agent", (
            Ask("number", "Agent number"),
            Ask("name", "Name"),
            Ask("pin", "PIN", "secret", "For signing in from a phone, 4 to 10 digits."),
            Ask("open_line", "Open line", "check",
                "The phone stays up from sign-in to sign-out; calls arrive after a short tone, "
                "without ringing. *0 ends a call; hanging up signs out."),
        )),
        Part("Queues", (
            Ask("queues", "Queues", "rows", add="Add a queue", rows=(
                Ask("queue", "Queue", "reference", of="queues", optional="–"),
                Ask("penalty", "Penalty", "number"),
            )),
        ), "Agents with a lower penalty are asked first; 0 is first."),
    ),
    asks_key="3 to 6 digits.",
)  # fmt: skip
