"""The bare baseline: three hand-written loops that write what the journey must write, and nothing else."""
