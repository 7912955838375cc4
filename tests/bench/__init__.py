"""The bench: one journey in three ways of building it, measured side by side on real Kafka and PostgreSQL."""
