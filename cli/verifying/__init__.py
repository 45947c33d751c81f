"""Proving a migration by running it: copies, runs, comparisons and reports."""
