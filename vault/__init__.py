"""Who is who, and the keys to what we know of them: numbers to people, sealing, opening, erasing."""
