"""Marks on the photo: one file each, found and registered by themselves."""
