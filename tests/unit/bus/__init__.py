"""The parts of the bus that need neither broker nor database."""
