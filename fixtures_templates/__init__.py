"""Real Python that is copied into the user's suite, tested as it stands."""
