"""The command line: click and rich, and all input and output."""
