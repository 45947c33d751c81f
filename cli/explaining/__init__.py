"""`explain`: rules and numbers, in lines for the eye."""
