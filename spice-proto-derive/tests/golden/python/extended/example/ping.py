# example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The module `ping` of the description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from . import root
from .wire import (
    NO_CAPABILITIES,
    Bytes,
    Capabilities,
    ErrorKind,
    Measure,
    Message,
    Reader,
    UnknownMessage,
    Writer,
    decode_text,
    encode_text,
    parse_message,
)

if TYPE_CHECKING:
    from typing_extensions import Self

_PING = Struct("<BI")
_PONG = Struct("<B")


@dataclass(slots=True, repr=False)
class Ping(Message):
    """Answered by `pong`.

    At least 5 bytes on the wire.
    """

    KIND: ClassVar[int] = 4
    NAME: ClassVar[str] = "ping"
    MIN_SIZE: ClassVar[int] = 5

    kind: root.PingKind
    """`kind` of the description."""

    data: Bytes
    """`data` of the description. At most 256000 elements."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            kind, size_ = _PING.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "kind"), (5, "size")) from None
        reader.at += 5
        if size_ > 256000:
            raise reader.fail(ErrorKind.LIMIT, size_, 256000, 0, "data")
        data = reader.take(size_, "data")
        return cls(root.PING_KIND_BY_NUMBER[kind], data)

    def measure(self, measure: Measure) -> int:
        size = 5
        measure.at_most(len(self.data), 256000, "data")
        measure.at_most(len(self.data), 0xFFFFFFFF, "data")
        size += len(self.data)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _PING.pack(self.kind, len(self.data))
        out += self.data


@dataclass(slots=True, repr=False)
class Tell(Message):
    """A message of its own.

    Any number of bytes on the wire.
    """

    KIND: ClassVar[int] = 101
    NAME: ClassVar[str] = "tell"

    text: str
    """`text` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        text = decode_text(reader.rest())
        return cls(text)

    def measure(self, measure: Measure) -> int:
        size = 0
        text = measure.text(self.text, "text")
        size += len(text)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += encode_text(self.text)


@dataclass(slots=True, repr=False)
class Pong(Message):
    """1 byte on the wire."""

    KIND: ClassVar[int] = 100
    NAME: ClassVar[str] = "pong"
    MIN_SIZE: ClassVar[int] = 1

    kind: root.PingKind
    """`kind` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (kind,) = _PONG.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "kind")) from None
        reader.at += 1
        return cls(root.PING_KIND_BY_NUMBER[kind])

    def measure(self, measure: Measure) -> int:
        return 1

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _PONG.pack(self.kind)


class Ask(root.Question, Message):
    """A question, by name.

    Number 100.
    """

    __slots__ = ()

    KIND: ClassVar[int] = 100
    NAME: ClassVar[str] = "ask"


ServerMessage: TypeAlias = Ping | Ask | Tell | UnknownMessage
"""Also asks.

A message from the server.
"""

SERVER_MESSAGES: Mapping[int, type[Message]] = {
    4: Ping,
    100: Ask,
    101: Tell,
}
"""The messages from the server, by number."""


def parse_server_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ServerMessage, memoryview]:
    """Reads the body of a message from the server by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ServerMessage, memoryview]", parse_message(SERVER_MESSAGES, kind, body, capabilities))


ClientMessage: TypeAlias = Pong | UnknownMessage
"""Also asks.

A message from the client.
"""

CLIENT_MESSAGES: Mapping[int, type[Message]] = {
    100: Pong,
}
"""The messages from the client, by number."""


def parse_client_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ClientMessage, memoryview]:
    """Reads the body of a message from the client by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ClientMessage, memoryview]", parse_message(CLIENT_MESSAGES, kind, body, capabilities))
