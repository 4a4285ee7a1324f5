"""What the user has set up, what has come out so far, and what is still wanted."""
