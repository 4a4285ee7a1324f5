"""What commands share: their options, their output, and how they are started."""
