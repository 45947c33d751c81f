"""What the program thinks of a number, in sentences: also of the many that are no load at all."""
