"""The menu File."""

from __future__ import annotations

from functools import partial

from gtp_core.document import changes
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.panels.images import ImagesPanel

ORDER = 10


def add(context: Context) -> None:
    """Open, remove and step photos; save a picture."""
    add, dialogs = context.commands.add, context.dialogs
    add(Command("open", "File", "&Open images …", dialogs.open_images, "Ctrl+O"))
    keys = "Ctrl+Shift+O"
    add(Command("open-folder", "File", "Open a &folder …", dialogs.open_folder, keys))
    add(Command("samples", "File", "Add the sa&mple photos", dialogs.open_samples))
    add(
        Command(
            "remove",
            "File",
            "&Remove the image",
            partial(remove_photo, context),
            "Delete",
            "Take the image out of the list; the file stays. It can be undone.",
            starts_section=True,
            refusal=partial(_no_photo, context),
        )
    )
    back, on = partial(step_photo, context, -1), partial(step_photo, context, 1)
    add(Command("image-back", "File", "Pre&vious image", back, "Up"))
    add(Command("image-on", "File", "&Next image", on, "Down"))
    add(
        Command(
            "picture",
            "File",
            "Save the window as a &picture …",
            dialogs.save_picture,
            starts_section=True,
        )
    )


def remove_photo(context: Context) -> None:
    """Take the photo that is shown out of the document."""
    desk = context.desk
    photo = desk.document.photo_ref(desk.document.photo)
    if photo is not None:
        changed = changes.remove_photo(desk.document, photo.id)
        desk.apply(changed, f"remove {photo.name}")


def _no_photo(context: Context) -> str | None:
    return None if context.desk.document.photos else "no image is open"


def step_photo(context: Context, step: int) -> None:
    """Show the next photo (1) or the previous one (-1)."""
    desk = context.desk
    panel = context.docks["images"].widget()
    order = panel.listed() if isinstance(panel, ImagesPanel) else None
    desk.apply(changes.step_photo(desk.document, step, order))
