"""Writing: `Measure` checks everything and counts the bytes, `Writer` writes them."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from ._errors import EncodeError, EncodeErrorKind
from ._numbers import Bounds, OpenEnum, OpenFlags

if TYPE_CHECKING:
    from ._reader import Bytes
    from .wire import Shown, Structure

_U32_MAX = 0xFFFF_FFFF
_U64_MAX = 0xFFFF_FFFF_FFFF_FFFF


class Measure:
    """Counts the bytes of a message while its parts are checked."""

    __slots__ = ("_null_array", "_null_name", "_targets")

    def __init__(self) -> None:
        self._targets = 0
        self._null_array = 0
        self._null_name = ""

    def message(self, size: int) -> int:
        """The size of the whole message whose body proper has `size` bytes."""
        total = size + self._targets
        if total > _U32_MAX:
            raise EncodeError(EncodeErrorKind.TOO_LARGE, total, _U32_MAX)
        if self._null_array > total:
            raise self.fail(EncodeErrorKind.NULL_ARRAY, total, self._null_array, self._null_name)
        return total

    @staticmethod
    def fail(kind: EncodeErrorKind, actual: int, expected: int, name: str) -> EncodeError:
        """An error in a field."""
        error = EncodeError(kind, actual, expected)
        error.within(name)
        return error

    def field(self, value: Structure, name: str) -> int:
        """Counts a structure in line; its errors get the field's name."""
        try:
            return value.measure(self)
        except EncodeError as error:
            error.within(name)
            raise

    def items(self, values: Iterable[Structure], name: str) -> int:
        """Counts structures that follow each other."""
        size = index = 0
        try:
            for index, value in enumerate(values):
                size += value.measure(self)
        except EncodeError as error:
            error.at_index(index)
            error.within(name)
            raise
        return size

    def text(self, text: str, name: str) -> bytes:
        """The bytes of a text."""
        try:
            return encode_text(text)
        except EncodeError as error:
            error.within(name)
            raise

    def at_most(self, count: int, most: int, name: str) -> None:
        """Refuses more elements than a count or a limit can say."""
        if count > most:
            raise self.fail(EncodeErrorKind.COUNT, count, most, name)

    def exactly(self, count: int, says: int, name: str) -> None:
        """Refuses another number of elements than something else says."""
        if count != says:
            raise self.fail(EncodeErrorKind.LENGTH, count, says, name)

    def within(self, value: int, low: int, high: int, name: str) -> None:
        """Refuses a value outside of a range."""
        if not low <= value <= high:
            raise self.fail(EncodeErrorKind.RANGE, value, 0, name)

    def disagree(self, name: str) -> EncodeError:
        """The error of a member that its selector does not choose."""
        return self.fail(EncodeErrorKind.SELECTOR, 0, 0, name)

    def target(self, size: int) -> None:
        """Adds the bytes of an optional pointer's target."""
        self._targets += size

    def required(self, size: int, name: str) -> None:
        """Adds the bytes of a required pointer's target, which must not be none."""
        if size == 0:
            raise self.fail(EncodeErrorKind.EMPTY_TARGET, 0, 1, name)
        self._targets += size

    def null_array(self, need: int, name: str) -> None:
        """Notes how many bytes a null array asks for."""
        if need > self._null_array:
            self._null_array, self._null_name = min(need, _U64_MAX), name


class Writer:
    """Writes a message: its body, then what its pointers lead to, level by level."""

    __slots__ = ("_targets", "out")

    def __init__(self) -> None:
        self.out = bytearray()
        self._targets: list[tuple[int, str, Structure | Bytes]] = []

    def message(self, value: Structure) -> bytes:
        """The bytes of a value and of all that it points to."""
        out = self.out
        value.write(self)
        # Grows while it is gone through.
        for place, code, target in self._targets:
            start = len(out)
            if isinstance(target, (bytes, bytearray, memoryview)):
                out += target
            else:
                target.write(self)
            # What has no bytes is null.
            if len(out) > start:
                struct.pack_into(code, out, place, start)
        return bytes(out)

    def pointer(self, place: int, target: Structure | Bytes | None, code: str = "<I") -> None:
        """Notes what the pointer at `place` leads to; it is written behind everything noted before. Zeros stand at
        `place` already, which is null."""
        if target is not None:
            self._targets.append((place, code, target))

    def number(self, code: str, value: int) -> None:
        """Writes an integer; `code` is its byte order and size in the letters of the module `struct`."""
        self.out += struct.pack(code, value)

    def numbers(self, code: str, values: Collection[int]) -> None:
        """Writes integers; `code` as for `number`."""
        self.out += pack_numbers(code, values)

    def items(self, values: Iterable[Structure]) -> None:
        """Writes structures."""
        for value in values:
            value.write(self)


def pack_numbers(code: str, values: Collection[int]) -> bytes:
    """The bytes of integers; `code` as for `Writer.number`."""
    return struct.pack(f"{code[0]}{len(values)}{code[1]}", *values)


def pack_items(values: Iterable[Structure]) -> bytes:
    """The bytes of structures without pointers."""
    writer = Writer()
    writer.items(values)
    return bytes(writer.out)


def encode_text(text: str) -> bytes:
    """The bytes of a text: the inverse of `decode_text`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise EncodeError(EncodeErrorKind.TEXT) from None


# What does not fit an integer


def misfit(value: Structure) -> EncodeError:
    """The first integer of a value that does not fit its field; looked for once writing has failed."""
    return _misfit_in(value) or EncodeError(EncodeErrorKind.RANGE)


def _misfit_in(value: Shown) -> EncodeError | None:
    hints = get_type_hints(type(value), include_extras=True)
    for field in fields(cast(Any, value)):
        held = getattr(value, field.name)
        error = _misfit_of(held, hints.get(field.name))
        if error is not None:
            # A choice is named after its member.
            if not getattr(held, "IS_MEMBER", False):
                error.within(field.name.rstrip("_"))
            return error
    return None


def _misfit_of(value: object, hint: object) -> EncodeError | None:
    if hasattr(value, "__dataclass_fields__"):
        return _misfit_in(cast("Shown", value))
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(cast("list[object]", value)):
            error = _misfit_of(item, hint)
            if error is not None:
                error.at_index(index)
                return error
        return None
    if isinstance(value, (OpenEnum, OpenFlags)):
        fits = 0 <= value <= value.bits()
    elif isinstance(value, int):
        bounds = _bounds(hint)
        fits = bounds is None or bounds.low <= value <= bounds.high
    else:
        return None
    return None if fits else EncodeError(EncodeErrorKind.RANGE, int(value))


def _bounds(hint: object) -> Bounds | None:
    for part in get_args(hint):
        found = part if isinstance(part, Bounds) else _bounds(part)
        if found is not None:
            return found
    return None
