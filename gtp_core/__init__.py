"""Token reduction for Vision Transformers: run it, see it, measure it.

Importing this package is cheap: each name is fetched from its module on first use, so
that programs which need no network never load torch. The names stand in `__init__.pyi`.
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Even lazy_loader waits for the first name: loading it takes half as long as
    # starting the interpreter does.
    import lazy_loader

    get, names, public = lazy_loader.attach_stub(__name__, __file__)
    globals().update(__getattr__=get, __dir__=names, __all__=public)
    return public if name == "__all__" else get(name)


def __dir__() -> list[str]:
    return sorted(__getattr__("__all__"))
