"""Records as plain data in bytes, and back.

Nothing that is read can run code: the data are maps, lists, texts, numbers and raw
arrays (MessagePack), and each must have the type that the record declares. A method
travels as its text form, an array as its type, shape and bytes.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin

import msgspec
import numpy as np
from numpy.typing import NDArray

from gtp_core.methods import MethodBase, parse_method

Record = TypeVar("Record")

_DTYPES = {"u1": np.uint8, "i4": np.int32, "f4": np.float32}
_MOST_DIMENSIONS = 4


class Unreadable(ValueError):  # noqa: N818  (it is said, not only raised)
    """Data that do not make the record that was expected; the text says why."""


def encode(record: Any) -> bytes:
    """A dataclass of plain data, methods, arrays and further such records."""
    return msgspec.msgpack.encode(_plain(record), enc_hook=_number)


def decode(kind: type[Record], data: bytes) -> Record:
    """The record of `kind` that `encode` made `data` of; arrays are read-only.

    Raises Unreadable if `data` are not such a record.
    """
    try:
        record: Record = _decoder(cast(Hashable, kind)).decode(data)
        return record
    except Exception as error:  # whatever the data made a record's own checks do
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unreadable(reason) from error


def _plain(value: Any) -> Any:
    if isinstance(value, MethodBase):
        return str(value)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if dataclasses.is_dataclass(value):
        fields = (field for field in dataclasses.fields(value) if field.init)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _plain_array(array: NDArray[Any]) -> list[Any]:
    name = array.dtype.str[1:]
    if name not in _DTYPES:
        raise ValueError(f"Arrays of {array.dtype} do not travel.")
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return [name, list(array.shape), little.tobytes()]


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} does not travel.")


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_special)


def _special(kind: Any, value: Any) -> Any:
    """A method or an array from its plain form."""
    if kind is MethodBase:
        return _method(value)
    if (get_origin(kind) or kind) is np.ndarray:
        (dtype,) = get_args(get_args(kind)[1])
        return _array(value, dtype)
    raise TypeError(f"{kind} is not expected")


def _method(text: Any) -> MethodBase:
    if not isinstance(text, str):
        raise ValueError("a method is not a text")
    if "=@" in "".join(text.split()):
        # the other side's request must not make this side read its files
        raise ValueError("a method names a file")
    return parse_method(text)


def _array(value: Any, dtype: type[np.generic]) -> NDArray[Any]:
    """Checked before any memory is taken; the result is a view of what came."""
    if not (isinstance(value, list) and len(value) == 3):
        raise ValueError("an array is not a list of type, shape and bytes")
    name, shape, data = value
    if not isinstance(name, str) or _DTYPES.get(name) is not dtype:
        raise ValueError(f"an array is of {name!r} and not of {np.dtype(dtype).name}")
    if not (isinstance(data, bytes) and _is_shape(shape)):
        raise ValueError("an array has no shape or no bytes")
    item = np.dtype(dtype).newbyteorder("<")
    if math.prod(shape) * item.itemsize != len(data):
        raise ValueError(f"an array of shape {shape} has {len(data)} bytes")
    array: NDArray[Any] = (
        np.frombuffer(data, item).astype(dtype, copy=False).reshape(shape)
    )
    array.flags.writeable = False
    return array


def _is_shape(shape: Any) -> bool:
    if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS:
        return False
    return all(type(side) is int and 0 <= side < 2**31 for side in shape)
