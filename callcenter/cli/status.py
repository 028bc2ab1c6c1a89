"""stub"""

import argparse

from callcenter.settings import Settings

HELP = "start everything under one supervisor"


def add_arguments(parser: argparse.ArgumentParser) -> None: ...
def run(settings: Settings, arguments: argparse.Namespace) -> int:
    return 0
