"""The bus as a durable partitioned log in PostgreSQL, for one machine."""
