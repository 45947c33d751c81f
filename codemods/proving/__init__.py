"""The last gate before a file is overwritten; it shares no code with what made the new text."""
