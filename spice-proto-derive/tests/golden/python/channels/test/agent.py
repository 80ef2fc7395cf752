# test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The module `agent` of the description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from .wire import NO_CAPABILITIES, U8, Bytes, Capabilities, Measure, Reader, UnknownMessage, Writer
from .wire import Message as _Message
from .wire import parse_message as _parse_message

if TYPE_CHECKING:
    from typing_extensions import Self

_MODE = Struct("<B")
_ANNOUNCE = Struct("<B")


@dataclass(slots=True, repr=False)
class Mode(_Message):
    """1 byte on the wire."""

    KIND: ClassVar[int] = 1
    NAME: ClassVar[str] = "mode"
    MIN_SIZE: ClassVar[int] = 1

    first: U8
    """`first` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (first,) = _MODE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "first")) from None
        reader.at += 1
        return cls(first)

    def measure(self, measure: Measure) -> int:
        return 1

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _MODE.pack(self.first)


@dataclass(slots=True, repr=False)
class Announce(_Message):
    """1 byte on the wire."""

    KIND: ClassVar[int] = 70000
    NAME: ClassVar[str] = "announce"
    MIN_SIZE: ClassVar[int] = 1

    last: U8
    """`last` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (last,) = _ANNOUNCE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "last")) from None
        reader.at += 1
        return cls(last)

    def measure(self, measure: Measure) -> int:
        return 1

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _ANNOUNCE.pack(self.last)


@dataclass(slots=True, repr=False)
class BothMessage(_Message):
    """No bytes on the wire."""

    KIND: ClassVar[int] = 70001
    NAME: ClassVar[str] = "message"

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls()

    def measure(self, measure: Measure) -> int:
        return 0

    def write(self, writer: Writer) -> None:
        pass


Message: TypeAlias = Mode | Announce | BothMessage | UnknownMessage
"""Either side sends these.

A message of either side.
"""

MESSAGES: Mapping[int, type[_Message]] = {
    1: Mode,
    70000: Announce,
    70001: BothMessage,
}
"""The messages of either side, by number."""


def parse_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[Message, memoryview]:
    """Reads the body of a message of either side by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[Message, memoryview]", _parse_message(MESSAGES, kind, body, capabilities))
