"""The integration feed: takes in contracts of newcomers, decides who owes a registration, and keeps that obligation."""
