"""The bus on Apache Kafka, through aiokafka and nothing else."""
