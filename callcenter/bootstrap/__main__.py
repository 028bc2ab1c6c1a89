"""`./run [callcenter ARGS | test ARGS | bench NAME | options]`. Usage below."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from callcenter.bootstrap import environment, front_end, packages
from callcenter.bootstrap.commands import SetUpFailed, run
from callcenter.bootstrap.progress import say, step

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WEB = CHECKOUT / "web"
DEFAULT_WEB_PORT = 8080
# Side by side (tests/two_workers.py); a worker that dies ends the run, which has failed then.
EVERY_TEST = ("-n", "2", "--max-worker-restart", "0", "--durations", "30")
MAKE_PHONES_PYTHON = "from tests.phones import interpreter; interpreter.make()"

USAGE = """\
  ./run                      set up what is missing, then start with the demo site and its callers
  ./run --no-demo            start empty, ready for your own phones and trunk
  ./run callcenter ARGS      the command line (./run callcenter --help)
  ./run test                 every test, with everything they need, by two workers
  ./run test PYTEST-ARGS     some of them, one after another
  ./run bench NAME           one measurement, a JSON object on standard output
The installation is kept in var/; CALLCENTER_HOME names another folder."""


def main(words: list[str]) -> int:
    try:
        if words[:1] == ["callcenter"]:
            return _command_line(words[1:])
        if words[:1] == ["test"]:
            return _become(_set_up(tests=True), ["-m", "pytest", *(words[1:] or EVERY_TEST)])
        if words[:1] == ["bench"] and len(words) > 1:
            python = _set_up(tests=True)
            return _become(python, ["-m", f"tests.bench.{words[1]}", *words[2:]])
        if words == ["--set-up-only"]:
            print(_set_up(tests=False))  # noqa: T201 - the environment's Python, for install.sh
            return 0
        return _start(_arguments(words))
    except SetUpFailed as error:
        say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        say("\nstopped")
        return 130


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run", epilog=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--no-demo", action="store_true", help="no demo site, no simulated callers")
    parser.add_argument("--web-port", type=int, help=f"default {DEFAULT_WEB_PORT}")
    parser.add_argument("--calls-per-minute", type=int, help="how busy the demo's callers are")
    return parser.parse_args(words)


def _start(arguments: argparse.Namespace) -> int:
    say("Callcenter: setting up")
    python = _set_up(tests=False)
    os.umask(0o027)  # from here on what is written is the installation's: calls, secrets
    demo = [] if arguments.no_demo else ["--demo"]
    with step("settings, database, configuration"):
        run([*_cli(python), "init", *demo], cwd=CHECKOUT)
    options = []
    if arguments.web_port is not None:
        options += ["--web-port", str(arguments.web_port)]
    if arguments.calls_per_minute is not None:
        options += ["--calls-per-minute", str(arguments.calls_per_minute)]
    say("Callcenter: starting")
    return _become(python, ["-m", "callcenter.cli", "up", *demo, *options])


def _command_line(words: list[str]) -> int:
    python = _set_up(tests=False)
    os.umask(0o027)
    home = Path(os.environ.get("CALLCENTER_HOME") or CHECKOUT / "var")
    if not (home / "callcenter.toml").exists() and "--home" not in words:
        with step("settings, database, configuration"):
            run([*_cli(python), "init"], cwd=CHECKOUT)
    return _become(python, ["-m", "callcenter.cli", *words])


def _set_up(*, tests: bool) -> Path:
    """Everything that is missing, a line each. Returns the environment's Python."""
    cache = Path(os.environ.get("CALLCENTER_CACHE") or Path.home() / ".cache" / "callcenter")
    cache.mkdir(parents=True, exist_ok=True)
    _packages(cache, tests)
    python = _environment(cache, tests)
    if not front_end.is_made(WEB, tests=tests):
        with step("front-end packages"):
            front_end.make(WEB, tests=tests)
    return python


def _packages(cache: Path, tests: bool) -> None:
    root_built = _root_built(cache)
    if not root_built and packages.distribution_has_asterisk():
        with step("Asterisk of the distribution"):
            packages.install_distribution_asterisk()
    vendor_made = front_end.is_made(WEB, tests=tests)
    needed = packages.missing(tests=tests, front_end=not vendor_made, root_built=root_built)
    if needed:
        with step(f"system packages ({' '.join(needed)})"):
            packages.install(needed)


def _environment(cache: Path, tests: bool) -> Path:
    lock = CHECKOUT / ("requirements-test.lock" if tests else "requirements.lock")
    made = environment.folder(cache, lock)
    if not environment.is_made(made):
        with step("Python packages"):
            environment.make(made, lock)
    python = environment.python(made)
    if tests and sys.version_info >= packages.NO_PJSUA2_WHEEL_FROM:
        with step("Python 3.11 for the tests' phones"):
            run([str(python), "-c", MAKE_PHONES_PYTHON], cwd=CHECKOUT)
    if not _root_built(cache) and not packages.has_asterisk():
        with step("Asterisk (about 40 s)"):
            say(run([*_cli(python), "install-asterisk"], cwd=CHECKOUT).strip(), end="")
    return python


def _root_built(cache: Path) -> bool:
    return (cache / "ast-root/usr/sbin/asterisk").exists()


def _cli(python: Path) -> list[str]:
    return [str(python), "-m", "callcenter.cli"]


def _become(python: Path, arguments: list[str]) -> int:
    """Replace this process, so that signals and the exit code are the command's own."""
    sys.stderr.flush()
    os.environ["PYTHONPATH"] = str(CHECKOUT)
    # Tools of the environment (lint-imports, ruff) are found by the tests through PATH.
    os.environ["PATH"] = f"{python.parent}:{os.environ.get('PATH', '')}"
    if arguments[1] == "pytest" or arguments[1].startswith("tests."):
        os.chdir(CHECKOUT)
    os.execv(python, [str(python), *arguments])  # noqa: S606 - argv is ours


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
