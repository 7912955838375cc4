"""The idiomatic baseline: FastAPI, FastStream and the SQLAlchemy ORM, as most teams would write it; a message a transaction."""
