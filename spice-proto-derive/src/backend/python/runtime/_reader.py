"""Reading: a cursor over a message body that never leaves it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ._errors import DecodeError, ErrorKind
from ._numbers import NO_CAPABILITIES, Capabilities

if TYPE_CHECKING:
    from .wire import Structure

_U64_MAX = 0xFFFF_FFFF_FFFF_FFFF

T = TypeVar("T")
StructureT = TypeVar("StructureT", bound="Structure")

Bytes: TypeAlias = bytes | bytearray | memoryview
"""Bytes of a message. Parsing gives a `memoryview` of what was parsed, without a copy, or `bytes` where their number is
constant; writing takes any of the three."""


class Reader:
    """A cursor over a message body that never leaves it."""

    __slots__ = ("at", "capabilities", "data", "size", "used")

    def __init__(self, data: Bytes, capabilities: Capabilities = NO_CAPABILITIES) -> None:
        view = memoryview(data)
        self.data = view if view.format == "B" and view.ndim == 1 else view.cast("B")
        self.at = 0
        """Where the next byte is read."""
        self.size = len(self.data)
        self.used = 0
        """The farthest end of a pointer's target."""
        self.capabilities = capabilities

    def trailing(self) -> memoryview:
        """The bytes behind everything that was read."""
        return self.data[max(self.at, self.used) :]

    def finish(self) -> None:
        """Refuses bytes behind everything that was read."""
        end = max(self.at, self.used)
        if end < self.size:
            raise DecodeError(ErrorKind.TRAILING, end, 0, self.size - end)

    def fail(self, kind: ErrorKind, needed: int, present: int, back: int, name: str) -> DecodeError:
        """The error of a field that starts `back` bytes before the reader's place."""
        error = DecodeError(kind, self.at - back, needed & _U64_MAX, present)
        error.within(name)
        return error

    def short(self, *ends: tuple[int, str]) -> DecodeError:
        """The error of fields that do not fit; each with its end, counted from the first of them. The first that is cut
        is named."""
        remaining, start = self.size - self.at, 0
        for end, name in ends:
            if end > remaining:
                error = DecodeError(ErrorKind.TRUNCATED, self.at + start, end - start, remaining - start)
                error.within(name)
                return error
            start = end
        return DecodeError(ErrorKind.TRUNCATED, self.at, start, remaining)

    def field(self, read: Callable[[Reader], T], name: str) -> T:
        """Reads a field; its errors get the field's name."""
        try:
            return read(self)
        except DecodeError as error:
            error.within(name)
            raise

    def take(self, count: int, name: str = "") -> memoryview:
        """Takes bytes."""
        start = self.at
        if count > self.size - start:
            raise self._truncated(count, name)
        self.at = start + count
        return self.data[start : self.at]

    def rest(self) -> memoryview:
        """Takes all bytes to the end of the body."""
        rest, self.at = self.data[self.at :], self.size
        return rest

    def number(self, code: str, name: str) -> int:
        """Takes an integer; `code` is its byte order and size in the letters of the module `struct`."""
        (number,) = struct.unpack(code, self.take(struct.calcsize(code), name))
        return int(number)

    def numbers(self, code: str, count: int, name: str = "") -> list[int]:
        """Takes integers; `code` as for `number`."""
        size = struct.calcsize(code)
        if count * size > self.size - self.at:
            raise self._truncated(count * size, name)
        numbers = struct.unpack_from(f"{code[0]}{count}{code[1]}", self.data, self.at)
        self.at += count * size
        return list(numbers)

    def rest_numbers(self, code: str) -> list[int]:
        """Takes as many integers as fit to the end of the body."""
        return self.numbers(code, (self.size - self.at) // struct.calcsize(code))

    def items(self, item: type[StructureT], count: int, name: str = "") -> list[StructureT]:
        """Takes structures."""
        if count * item.MIN_SIZE > self.size - self.at:
            raise self._truncated(count * item.MIN_SIZE, name)
        items: list[StructureT] = []
        try:
            for _ in range(count):
                items.append(item.read(self))
        except DecodeError as error:
            error.at_index(len(items))
            if name:
                error.within(name)
            raise
        return items

    def rest_items(self, item: type[StructureT], name: str) -> list[StructureT]:
        """Takes as many structures of constant size as fit to the end of the body."""
        return self.items(item, (self.size - self.at) // item.MIN_SIZE, name)

    def c_string(self) -> memoryview:
        """Takes bytes up to a zero byte, which is taken too but not given."""
        start = self.at
        rest = bytes(self.data[start:])
        length = rest.find(0)
        if length < 0:
            raise self._truncated(len(rest) + 1, "")
        self.at = start + length + 1
        return self.data[start : start + length]

    def pointer(self, offset: int, back: int, read: Callable[[Reader], T], name: str) -> T | None:
        """Reads what an optional pointer leads to: `None` for null. The pointer stands `back` bytes before the reader's
        place."""
        return None if offset == 0 else self.required(offset, back, read, name)

    def pointer_array(
        self, offset: int, back: int, need: int, read: Callable[[Reader], T], name: str
    ) -> T | None:
        """As `pointer`, for an array of `need` bytes. A null pointer may not ask for more than the body has."""
        if offset != 0:
            return self.required(offset, back, read, name)
        if need > self.size:
            raise self.fail(ErrorKind.TRUNCATED, min(need, _U64_MAX), self.size, back, name)
        return None

    def required(self, offset: int, back: int, read: Callable[[Reader], T], name: str) -> T:
        """Reads what a required pointer leads to."""
        if offset == 0:
            raise self.fail(ErrorKind.NULL_POINTER, 0, 0, back, name)
        if offset >= self.size:
            raise self.fail(ErrorKind.POINTER, offset, self.size, back, name)
        here, self.at = self.at, offset
        try:
            value = read(self)
        except DecodeError as error:
            error.within(name)
            raise
        self.used = max(self.used, self.at)
        self.at = here
        return value

    def _truncated(self, needed: int, name: str) -> DecodeError:
        error = DecodeError(ErrorKind.TRUNCATED, self.at, min(needed, _U64_MAX), self.size - self.at)
        if name:
            error.within(name)
        return error


def unpack_numbers(code: str, data: Bytes) -> list[int]:
    """The integers that bytes hold; `code` as for `Reader.number`."""
    return list(struct.unpack(f"{code[0]}{len(data) // struct.calcsize(code)}{code[1]}", data))


def unpack_items(item: type[StructureT], count: int, data: Bytes) -> list[StructureT]:
    """The structures that bytes hold, of a constant size."""
    return Reader(data).items(item, count)


def decode_text(data: Bytes) -> str:
    """The text that bytes say. What is no UTF-8 becomes single surrogates (PEP 383), so that nothing is lost."""
    return str(data, "utf-8", "surrogateescape")


def image_size(bits_per_pixel: int, width: int, height: int) -> int:
    """Bytes of an image of rows of whole bytes, at most 2^64 - 1."""
    row = -(-min(bits_per_pixel * width, _U64_MAX) // 8)
    return min(row * height, _U64_MAX)
