# test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The module `common` of the description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from .wire import (
    NO_CAPABILITIES,
    U16,
    U32,
    Bytes,
    Capabilities,
    Measure,
    Message,
    Reader,
    Structure,
    UnknownMessage,
    Writer,
    parse_message,
)

if TYPE_CHECKING:
    from typing_extensions import Self

_MODE = Struct("<2H")
_SET_ACK = Struct("<2I")
_ACK_SYNC = Struct("<I")


@dataclass(slots=True, repr=False)
class Mode(Structure):
    """4 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 4

    x_res: U16
    """`x_res` of the description."""

    y_res: U16
    """`y_res` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            x_res, y_res = _MODE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((2, "x_res"), (4, "y_res")) from None
        reader.at += 4
        return cls(x_res, y_res)

    def measure(self, measure: Measure) -> int:
        return 4

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _MODE.pack(self.x_res, self.y_res)


@dataclass(slots=True, repr=False)
class Empty(Structure):
    """No bytes on the wire."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls()

    def measure(self, measure: Measure) -> int:
        return 0

    def write(self, writer: Writer) -> None:
        pass


@dataclass(slots=True, repr=False)
class SetAck(Message):
    """8 bytes on the wire."""

    KIND: ClassVar[int] = 3
    NAME: ClassVar[str] = "set_ack"
    MIN_SIZE: ClassVar[int] = 8

    generation: U32
    """`generation` of the description."""

    window: U32
    """`window` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            generation, window = _SET_ACK.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "generation"), (8, "window")) from None
        reader.at += 8
        return cls(generation, window)

    def measure(self, measure: Measure) -> int:
        return 8

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _SET_ACK.pack(self.generation, self.window)


@dataclass(slots=True, repr=False)
class MigrateData(Message):
    """Any number of bytes on the wire."""

    KIND: ClassVar[int] = 4
    NAME: ClassVar[str] = "migrate_data"

    data: Bytes
    """`data` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        data = reader.rest()
        return cls(data)

    def measure(self, measure: Measure) -> int:
        return len(self.data)

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += self.data


@dataclass(slots=True, repr=False)
class AckSync(Message):
    """4 bytes on the wire."""

    KIND: ClassVar[int] = 1
    NAME: ClassVar[str] = "ack_sync"
    MIN_SIZE: ClassVar[int] = 4

    generation: U32
    """`generation` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (generation,) = _ACK_SYNC.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "generation")) from None
        reader.at += 4
        return cls(generation)

    def measure(self, measure: Measure) -> int:
        return 4

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _ACK_SYNC.pack(self.generation)


class Ack(Empty, Message):
    """Number 2."""

    __slots__ = ()

    KIND: ClassVar[int] = 2
    NAME: ClassVar[str] = "ack"


ServerMessage: TypeAlias = SetAck | MigrateData | UnknownMessage
"""A message from the server."""

SERVER_MESSAGES: Mapping[int, type[Message]] = {
    3: SetAck,
    4: MigrateData,
}
"""The messages from the server, by number."""


def parse_server_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ServerMessage, memoryview]:
    """Reads the body of a message from the server by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ServerMessage, memoryview]", parse_message(SERVER_MESSAGES, kind, body, capabilities))


ClientMessage: TypeAlias = AckSync | Ack | UnknownMessage
"""A message from the client."""

CLIENT_MESSAGES: Mapping[int, type[Message]] = {
    1: AckSync,
    2: Ack,
}
"""The messages from the client, by number."""


def parse_client_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ClientMessage, memoryview]:
    """Reads the body of a message from the client by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ClientMessage, memoryview]", parse_message(CLIENT_MESSAGES, kind, body, capabilities))
