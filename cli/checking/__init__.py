"""`check`: from the plans of files to findings, what is new among them, and their reports."""
