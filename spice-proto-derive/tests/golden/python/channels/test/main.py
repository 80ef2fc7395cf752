# test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The main channel.

The module `main` of the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from . import common
from .wire import (
    NO_CAPABILITIES,
    U8,
    Bytes,
    Capabilities,
    Enum16,
    Measure,
    Message,
    Reader,
    UnknownMessage,
    Writer,
    parse_message,
)

if TYPE_CHECKING:
    from typing_extensions import Self

_MODE = Struct("<2H")
_SERVER_MODE = Struct("<2HB")


class MainCapability(Enum16):
    """What main channels can do.

    The number is that of a bit in the capability words.
    """

    NAME = 0
    """`NAME` of the description."""
    FAR = 33
    """`FAR` of the description."""


@dataclass(slots=True, repr=False)
class Mode(Message):
    """Asks for a mode.

    4 bytes on the wire.
    """

    KIND: ClassVar[int] = 101
    NAME: ClassVar[str] = "mode"
    MIN_SIZE: ClassVar[int] = 4

    mode: common.Mode
    """`mode` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            mode_x_res, mode_y_res = _MODE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "mode")) from None
        reader.at += 4
        return cls(common.Mode(mode_x_res, mode_y_res))

    def measure(self, measure: Measure) -> int:
        return 4

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _MODE.pack(self.mode.x_res, self.mode.y_res)


@dataclass(slots=True, repr=False)
class ServerMode(Message):
    """Tells the mode.

    5 bytes on the wire.
    """

    KIND: ClassVar[int] = 101
    NAME: ClassVar[str] = "mode"
    MIN_SIZE: ClassVar[int] = 5

    mode: common.Mode
    """`mode` of the description."""

    accepted: U8
    """`accepted` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            mode_x_res, mode_y_res, accepted = _SERVER_MODE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "mode"), (5, "accepted")) from None
        reader.at += 5
        return cls(common.Mode(mode_x_res, mode_y_res), accepted)

    def measure(self, measure: Measure) -> int:
        return 5

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _SERVER_MODE.pack(self.mode.x_res, self.mode.y_res, self.accepted)


class AgentConnected(common.Empty, Message):
    """Number 102. No longer used by peers."""

    __slots__ = ()

    KIND: ClassVar[int] = 102
    NAME: ClassVar[str] = "agent_connected"


ServerMessage: TypeAlias = common.SetAck | common.MigrateData | ServerMode | AgentConnected | UnknownMessage
"""A message from the server."""

SERVER_MESSAGES: Mapping[int, type[Message]] = {
    3: common.SetAck,
    4: common.MigrateData,
    101: ServerMode,
    102: AgentConnected,
}
"""The messages from the server, by number."""


def parse_server_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ServerMessage, memoryview]:
    """Reads the body of a message from the server by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ServerMessage, memoryview]", parse_message(SERVER_MESSAGES, kind, body, capabilities))


ClientMessage: TypeAlias = common.AckSync | common.Ack | Mode | UnknownMessage
"""A message from the client."""

CLIENT_MESSAGES: Mapping[int, type[Message]] = {
    1: common.AckSync,
    2: common.Ack,
    101: Mode,
}
"""The messages from the client, by number."""


def parse_client_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ClientMessage, memoryview]:
    """Reads the body of a message from the client by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ClientMessage, memoryview]", parse_message(CLIENT_MESSAGES, kind, body, capabilities))
