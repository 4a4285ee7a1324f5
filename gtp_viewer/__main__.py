"""`python -m gtp_viewer`"""

import sys

from gtp_viewer.app import main

if __name__ == "__main__":
    sys.exit(main())
