"""Registration: decides on fresh facts who is registered as a jobseeker, and keeps registrations, people and their registers."""
