"""Token reduction for Vision Transformers: run it, see it, measure it.

Importing this package is cheap: each name is fetched from its module on first use, so
that programs which need no network never load torch. The names stand in `__init__.pyi`.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
