"""Lets `python -m proof` verify evidence."""

import sys

from proof.cli import verify_main

sys.exit(verify_main(prog="python -m proof"))
