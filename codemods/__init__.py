"""Finding the numbers of a load test and rewriting them: no terminal, no git, no arguments."""
