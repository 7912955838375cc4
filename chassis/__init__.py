"""The microservice chassis: what every service stands on, with no business word in it."""
