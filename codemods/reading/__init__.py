"""A test to what it counts and judges: an abstract execution on the `ast`, from top to bottom."""
