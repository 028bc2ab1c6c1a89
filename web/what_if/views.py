"""`/what-if`: what a campaign would come to with other agents and limits, beside how it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from callcenter.domain.errors import Conflict, InvalidInput
from callcenter.simulation.what_if import MOST_AGENTS, MOST_SHIFTS, POLICIES, Question
from callcenter.simulation.what_if_runs import find_run, going, start_run
from web.access import refuse_limited, requires
from web.auditing import audit
from web.errors import status_of
from web.services import services
from web.what_if.figures import pictures, table
from web.what_if.learned import Learned, campaigns, learned_of

blueprint = Blueprint("what_if", __name__, template_folder="templates", url_prefix="/what-if")

WHAT = "Trying out a campaign"
DEFAULT_POLICIES = ("predictive", "progressive", "ratio:2", "vicidial-hard-limit")


@blueprint.get("")
@requires("supervisor")
def page() -> str:
    refuse_limited(WHAT)
    offered = campaigns()
    chosen = request.args.get("campaign", offered[0][0] if offered else "")
    learned = learned_of(chosen)
    return render_template(
        "what_if/page.html", campaigns=offered, learned=learned, asked=_first_guess(learned),
        run=None, **_choices(),
    )  # fmt: skip


@blueprint.post("")
@requires("supervisor")
def ask() -> ResponseReturnValue:
    """What is refused stays in the form."""
    refuse_limited(WHAT)
    learned = learned_of(request.form.get("campaign", ""))
    try:
        return _asked(learned)
    except (InvalidInput, Conflict) as refused:
        typed = _first_guess(learned) | {"policies": request.form.getlist("policy")}
        page = render_template(
            "what_if/page.html", campaigns=campaigns(), learned=learned, asked=typed,
            typed=request.form, refusal=str(refused), run=None, **_choices(),
        )  # fmt: skip
        return page, status_of(refused)


def _asked(learned: Learned) -> Response:
    question = Question(
        campaign=learned.campaign,
        agents=round(_number("agents", "Agents")),
        abandon_limit=round(_number("limit", "Limit") / 100, 5),
        patience_seconds=_number("patience", "Patience"),
        policies=tuple(name for name in POLICIES if name in request.form.getlist("policy")),
        shifts=round(_number("shifts", "Shifts")),
    )
    with services().sessions.begin() as session:
        audit(session, "what_if_started", question.campaign, f"{question.agents} agents")
    run = start_run(services().settings.home, question, learned.document)
    return redirect(url_for("what_if.show", key=run.key))


@blueprint.get("/<key>")
@requires("supervisor")
def show(key: str) -> str:
    refuse_limited(WHAT)
    run = find_run(services().settings.home, key)
    question = run.asked()["question"]
    learned = learned_of(question["campaign"])
    return render_template(
        "what_if/page.html", campaigns=campaigns(), learned=learned, asked=question, run=run.key,
        **_choices(), **_outcome(key, learned),
    )  # fmt: skip


@blueprint.get("/<key>/progress")
@requires("supervisor")
def progress(key: str) -> str:
    """The part of the page that changes while a run goes on."""
    refuse_limited(WHAT)
    question = find_run(services().settings.home, key).asked()["question"]
    return render_template(
        "what_if/outcome.html", run=key, asked=question,
        **_outcome(key, learned_of(question["campaign"])),
    )  # fmt: skip


@blueprint.post("/<key>/cancel")
@requires("supervisor")
def cancel(key: str) -> Response:
    refuse_limited(WHAT)
    run = find_run(services().settings.home, key)
    with services().sessions.begin() as session:
        audit(session, "what_if_cancelled", run.asked()["question"]["campaign"])
    run.cancel()
    return redirect(url_for("what_if.show", key=key))


def _outcome(key: str, learned: Learned) -> dict[str, Any]:
    run = find_run(services().settings.home, key)
    seen = run.progress()
    asked = run.asked()["question"]
    return {
        "progress": seen,
        "others": going(services().settings.home) - 1 if seen.state == "waiting" else 0,
        "pictures": pictures(asked, seen.rows, learned.was, str(learned.was_on or "")),
        "rows": table(asked, seen.rows),
        "was": learned.was,
        "was_on": learned.was_on,
    }


def _choices() -> dict[str, Any]:
    return {"policies": POLICIES, "most_agents": MOST_AGENTS, "most_shifts": MOST_SHIFTS,
            "today": datetime.fromtimestamp(services().clock(), UTC).date()}  # fmt: skip


def _first_guess(learned: Learned) -> dict[str, Any]:
    return {
        "campaign": learned.campaign,
        "agents": learned.document["agents"],
        "abandon_limit": learned.document["abandon_limit"],
        "patience_seconds": learned.document["patience_seconds"],
        "policies": DEFAULT_POLICIES,
        "shifts": 2,
    }


def _number(name: str, label: str) -> float:
    text = request.form.get(name, "").strip()
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e6:
        raise InvalidInput(f"{label}: {text!r} is no number")
    return value
