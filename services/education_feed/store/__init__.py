"""Its tables and the statements on them."""
