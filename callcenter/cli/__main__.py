"""`python -m callcenter.cli`: what the supervisor starts the processes with."""

import sys

from callcenter.cli import main

sys.exit(main())
