"""The guided tour: GTP in four steps on the user's own photo and patch."""
