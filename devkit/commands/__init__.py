"""The groups of `hub` commands, a module each; `devkit/cli.py` holds the rest."""
