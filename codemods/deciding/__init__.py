"""What a test counts and judges to groups: which numbers move together, and why others stay."""
