"""Photos that are ready, in the forms of several networks."""

from __future__ import annotations

from gtp_core.document.prepared import PreparedPhotos
from gtp_core.document.wishes import PreparePhoto
from gtp_core.photos.geometry import InputSpec
from tests.gtp_core.engine.fakes import FakePhotos

SPECS = [InputSpec(side, side, (16, 16)) for side in (32, 64, 96)]
ONE = 100_000_000
"""What each form of a photo takes, see `Ready`."""


def put(memory: PreparedPhotos, photo: int, spec: InputSpec | None) -> PreparePhoto:
    wish = PreparePhoto(photo, spec)
    memory.put(wish, FakePhotos().ready(photo, spec))
    return wish


def test_the_forms_of_one_photo_never_push_each_other_out() -> None:
    memory = PreparedPhotos(2 * ONE)
    wishes = [put(memory, 1, spec) for spec in SPECS]
    assert all(wish in memory for wish in wishes)


def test_the_photo_used_longest_ago_goes_with_all_its_forms() -> None:
    memory = PreparedPhotos(3 * ONE)
    first, second = (put(memory, 1, spec) for spec in SPECS[:2])
    other = put(memory, 2, SPECS[0])
    assert memory.get(first) is not None  # used now
    third = put(memory, 3, SPECS[0])
    assert other not in memory
    assert first not in memory or third in memory
    assert list(memory)[-1] == third
    assert second in memory or first not in memory


def test_a_form_can_be_forgotten() -> None:
    memory = PreparedPhotos(3 * ONE)
    wish = put(memory, 1, None)
    memory.pop(wish)
    memory.pop(wish)
    assert wish not in memory
    assert memory.get(wish) is None
    assert list(memory) == []
