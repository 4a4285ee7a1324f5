"""What is on screen as a command line and as a Python script that show the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from gtp_core.document.document import Document, Entry
from gtp_core.document.entry_view import EntryView
from gtp_core.document.panes import shown_entries
from gtp_core.document.subject import ModelSpec
from gtp_core.document.view import View
from gtp_core.drawing import overlays
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.model_info import ModelInfo


def as_command(view: View) -> tuple[str, list[str]]:
    """A ``gtp-viewer`` line, quoted for a shell, and what it leaves out."""
    base, panes = _base(view.document), shown_entries(view.document)
    words = ["gtp-viewer"]
    if view.photo is not None and view.photo.path is not None:
        words.append(_as_argument(view.photo.path))
    words += _model_options(base)
    words += _pane_options(view.document, panes, base)
    words += ["--layer", str(view.layer + 1)]
    words += _overlay_options(view)
    if view.point is not None:
        x, y = view.point
        words += ["--point", f"{x:.4f},{y:.4f}"]
    return shlex.join(words), _left_out(view, base)


def _base(document: Document) -> ModelSpec:
    """The network of the first pane; others are named with their panes."""
    panes = shown_entries(document)
    return document.model_of(panes[0]) if panes else document.model


def _as_argument(path: str) -> str:
    """A name that begins with a dash is no option."""
    return f"./{path}" if path.startswith("-") else path


def _model_options(model: ModelSpec) -> Iterator[str]:
    """What differs from what the program does by itself."""
    usual = ModelSpec()
    for field in ("model", "weights", "device", "precision"):
        name = "name" if field == "model" else field
        value = getattr(model, name)
        if value != getattr(usual, name):
            yield from (f"--{field}", str(value))


def _pane_options(
    document: Document, panes: Sequence[Entry], base: ModelSpec
) -> Iterator[str]:
    """Those on the first network, then those with one of their own."""
    for entry in panes:
        if document.model_of(entry) == base:
            yield from ("--method", str(entry.method))
    for entry in panes:
        model = document.model_of(entry)
        if model != base:
            yield from ("--pane", model.name, str(entry.method))


def _overlay_options(view: View) -> Iterator[str]:
    """Each visible overlay with the options that are not the usual ones."""
    shown = [o for o in overlays.load() if view.document.overlay(o.name).is_visible]
    for overlay in shown:
        usual = overlay.chosen({})
        values = view.options(overlay)
        special = [f"{n}={v}" for n, v in values.items() if v != usual[n]]
        yield from (
            "--overlay",
            ":".join([overlay.name, ",".join(special)]).rstrip(":"),
        )
    if not shown:
        yield from ("--overlay", "none")


def _left_out(view: View, base: ModelSpec) -> list[str]:
    """What is on screen and has no option."""
    document, found = view.document, _missing_in_both(view)
    panes = shown_entries(document)
    if document.wipe is not None:
        found.append("the wipe")
    if len(panes) > 1 and any(isinstance(e.method, Unpruned) for e in panes):
        found.append("the pane of the unpruned network")
    models = {document.model_of(entry) for entry in panes}
    usual = ("auto", "random")
    if any(model != base and model.weights not in usual for model in models):
        found.append("the weights file of a pane's own network")
    if any(entry.edits for entry in view.panes):
        found.append("the patches that are to stay or to leave")
    if base.seed or base.image_size is not None:
        found.append("the seed and the image size of the network")
    return found


def _missing_in_both(view: View) -> list[str]:
    """What neither a command nor a script can say."""
    found = []
    if view.photo is not None and view.photo.path is None:
        found.append("the pasted picture, which is in no file")
    if view.document.differences:
        found.append("differences of two panes")
    return found


# -- Python -----------------------------------------------------------------------

_HEAD = '''"""What gtp-viewer shows: {title}."""

import gtp_core as gtp

photo = gtp.read_photo({path!r})
shots = []
'''
_NETWORK = """
vit = gtp.create_backbone({name!r}, weights={weights!r}{more})
images = gtp.preprocess(photo.image, vit)[None]
geometry = gtp.crop_geometry(photo, vit)
"""
_METHOD = """
fast = gtp.accelerate(vit, gtp.parse_method({method!r}))
trace = fast.trace(images{edits})[0]
shots.append(
    gtp.figures.shot(
        trace,
        {layer},
        photo,
        geometry,
        heading={heading!r},
        shown={shown!r},
        selected={selected!r},
    )
)
"""
_TAIL = """
figure = gtp.figures.view(shots, {title!r})
gtp.figures.save(figure, {file!r})
"""


def as_python(view: View) -> tuple[str, list[str]]:
    """A script that draws the panes into a PNG file, and what it leaves out."""
    if view.photo is None:
        return "import gtp_core as gtp\n", []
    title = f"{view.photo.name} · layer {view.layer + 1}"
    path = view.photo.path or view.photo.name
    parts = [_HEAD.format(title=title.replace('"""', "'''"), path=path)]
    model: ModelSpec | None = None
    entries = [entry for entry in view.panes if not entry.entry.method.is_timing_only]
    for entry in sorted(entries, key=lambda entry: _rank(entry, entries, view)):
        own = view.document.model_of(entry.entry)
        if own != model:
            parts.append(_network(own, entry.info))
            model = own
        parts.append(_method(entry, view))
    parts.append(_TAIL.format(title=title, file=f"layer{view.layer + 1}.png"))
    return "".join(parts), [*_missing_in_both(view), *_not_in_traces(view)]


def _not_in_traces(view: View) -> Iterator[str]:
    """Overlays that draw what the window asks the network for."""
    for overlay in overlays.load():
        asks = overlay.needs_attention or overlay.needs_features
        if asks and view.document.overlay(overlay.name).is_visible:
            yield f"the overlay {overlay.title}, which a trace does not hold"


def _rank(entry: EntryView, entries: list[EntryView], view: View) -> int:
    """Panes of one network stand together, in the order of the networks."""
    models = [view.document.model_of(one.entry) for one in entries]
    return models.index(view.document.model_of(entry.entry))


def _network(model: ModelSpec, info: ModelInfo | None) -> str:
    # What was wished for may not have been there: the program runs random weights then.
    is_random = model.weights == "random" or (info is not None and info.is_random)
    weights = None if is_random else model.weights
    more = "" if model.seed == 0 else f", seed={model.seed}"
    if model.image_size is not None:
        more += f", img_size={model.image_size}"
    return _NETWORK.format(name=model.name, weights=weights, more=more)


def _method(entry: EntryView, view: View) -> str:
    shown = {
        overlay.name: view.options(overlay)
        for overlay in overlays.load()
        if view.document.overlay(overlay.name).is_visible
    }
    edits = entry.edits
    return _METHOD.format(
        method=str(entry.entry.method),
        edits=f", gtp.{edits!r}" if edits else "",
        layer=entry.layer + 1,
        heading=entry.tag.label,
        shown=shown,
        selected=entry.patch,
    )
