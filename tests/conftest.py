"""What every test relies on: no screen is needed."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
