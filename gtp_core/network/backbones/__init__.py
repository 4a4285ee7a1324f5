"""Networks by name, their weights, and what can be run."""
