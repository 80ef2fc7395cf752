# test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The module `derived` of the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast

from . import common, main
from .wire import NO_CAPABILITIES, Bytes, Capabilities, Message, UnknownMessage, parse_message

ServerMessage: TypeAlias = (
    common.SetAck
    | common.MigrateData
    | main.ServerMode
    | main.AgentConnected
    | UnknownMessage
)
"""A message from the server."""

SERVER_MESSAGES: Mapping[int, type[Message]] = {
    3: common.SetAck,
    4: common.MigrateData,
    101: main.ServerMode,
    102: main.AgentConnected,
}
"""The messages from the server, by number."""


def parse_server_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ServerMessage, memoryview]:
    """Reads the body of a message from the server by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ServerMessage, memoryview]", parse_message(SERVER_MESSAGES, kind, body, capabilities))


ClientMessage: TypeAlias = common.AckSync | common.Ack | main.Mode | UnknownMessage
"""A message from the client."""

CLIENT_MESSAGES: Mapping[int, type[Message]] = {
    1: common.AckSync,
    2: common.Ack,
    101: main.Mode,
}
"""The messages from the client, by number."""


def parse_client_message(
    kind: int, body: Bytes, capabilities: Capabilities = NO_CAPABILITIES
) -> tuple[ClientMessage, memoryview]:
    """Reads the body of a message from the client by its number, and gives the bytes that it does not use.

    A number that is not known gives an `UnknownMessage`. Raises a `DecodeError`.
    """
    return cast("tuple[ClientMessage, memoryview]", parse_message(CLIENT_MESSAGES, kind, body, capabilities))
