"""The docks of the window: one file each, found by themselves."""
