"""`status`: what is converted, what is pending, and its three presentations."""
