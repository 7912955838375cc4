"""Carriers that speak real protocols, for the sandbox and the tests; the print house stands in `devkit/sandbox`."""
