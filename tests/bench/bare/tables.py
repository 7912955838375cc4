"""The tables of the three loops, all in one database."""

TABLES = """
CREATE TABLE fact (
    id uuid PRIMARY KEY, reference text NOT NULL, version int NOT NULL, person_id uuid NOT NULL, body bytea NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(), UNIQUE (reference, version)
);
CREATE TABLE feed_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id uuid NOT NULL, value bytea NOT NULL);

CREATE TABLE registration_inbox (id uuid PRIMARY KEY);
CREATE TABLE decision (
    id uuid PRIMARY KEY, person_id uuid NOT NULL, outcome text NOT NULL, rule text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE registration (
    id uuid PRIMARY KEY, person_id uuid NOT NULL UNIQUE, since date NOT NULL, registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE registration_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id uuid NOT NULL, value bytea NOT NULL);

CREATE TABLE notice_inbox (id uuid PRIMARY KEY);
CREATE TABLE notice (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, registration_id uuid NOT NULL UNIQUE, person_id uuid NOT NULL, content text NOT NULL,
    noticed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE leaf (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, registration_id uuid NOT NULL, salt bytea NOT NULL, hash bytea NOT NULL
);
"""
