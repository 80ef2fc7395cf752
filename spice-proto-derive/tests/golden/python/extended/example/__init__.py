# example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""Messages of `example`, to be read and written."""

from __future__ import annotations

from collections.abc import Mapping as _Mapping

from . import framing as framing
from . import ping as ping
from . import root as root
from . import ship as ship
from . import wire as _wire
from . import wire as wire
from .root import PING_KIND_BY_NUMBER as PING_KIND_BY_NUMBER
from .root import ChannelType as ChannelType
from .root import PingKind as PingKind
from .root import Question as Question

SERVER_MESSAGES: _Mapping[int, _Mapping[int, type[_wire.Message]]] = {
    1: ping.SERVER_MESSAGES,
    200: ship.SERVER_MESSAGES,
}
"""The messages from the server: by channel type, then by number."""

CLIENT_MESSAGES: _Mapping[int, _Mapping[int, type[_wire.Message]]] = {
    1: ping.CLIENT_MESSAGES,
    200: ship.CLIENT_MESSAGES,
}
"""The messages from the client: by channel type, then by number."""


def parse_server_message(
    channel: int,
    kind: int,
    body: _wire.Bytes,
    capabilities: _wire.Capabilities = _wire.NO_CAPABILITIES,
) -> tuple[_wire.Message | _wire.UnknownMessage, memoryview]:
    """Reads the body of a message from the server, by the type of its channel and its number.

    Also gives the bytes that it does not use. Raises a `DecodeError`.
    """
    return _wire.parse_message(SERVER_MESSAGES.get(channel, {}), kind, body, capabilities)


def parse_client_message(
    channel: int,
    kind: int,
    body: _wire.Bytes,
    capabilities: _wire.Capabilities = _wire.NO_CAPABILITIES,
) -> tuple[_wire.Message | _wire.UnknownMessage, memoryview]:
    """Reads the body of a message from the client, by the type of its channel and its number.

    Also gives the bytes that it does not use. Raises a `DecodeError`.
    """
    return _wire.parse_message(CLIENT_MESSAGES.get(channel, {}), kind, body, capabilities)

