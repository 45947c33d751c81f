"""A group to its edits and sites: the names, lines and expressions of the new code."""
