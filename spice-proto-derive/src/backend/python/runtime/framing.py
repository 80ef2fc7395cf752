"""Frames: a head and a message body, as they follow each other on a connection.

Nothing here reads or writes a connection. A `FrameDecoder` takes the bytes of one direction, however they come, and gives
frames; a `FrameEncoder` turns messages into bytes::

    decoder = FrameDecoder(HeaderKind.MINI, limit=body_limit(ChannelType.DISPLAY))
    while data := await stream.read(65536):
        for frame in decoder.feed(data):
            message, _ = display.parse_server_message(frame.kind, frame.body)
    decoder.finish()
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from .wire import Bytes, DecodeError, EncodeError, EncodeErrorKind, ErrorKind, Message, UnknownMessage

LIST = 8
"""Number of the message that only carries others."""
MINI_HEADER = 3
"""The common capability by which heads are short, where both peers have it."""

_FULL = struct.Struct("<QHII")
_MINI = struct.Struct("<HI")
_COUNT = struct.Struct("<H")
_ENTRY = struct.Struct("<I")

_MOST_MIXED = 1024
"""Entries of a sub-message list that neither ascends nor descends: finding the ends of their bodies takes quadratic
time. Real servers write descending lists."""
_U32_MAX = 0xFFFF_FFFF
_U64_MAX = 0xFFFF_FFFF_FFFF_FFFF


class HeaderKind(Enum):
    """Which head stands before every message of a connection, in both directions."""

    MINI = 6
    """6 bytes: message number and size."""
    FULL = 18
    """18 bytes: serial, message number, size, and the place of a sub-message list."""

    @property
    def size(self) -> int:
        """Bytes of the head."""
        return self.value

    @staticmethod
    def agreed(client: Collection[int], server: Collection[int]) -> HeaderKind:
        """The head of a connection, from the common capabilities that both ends announced."""
        return HeaderKind.MINI if MINI_HEADER in client and MINI_HEADER in server else HeaderKind.FULL


class Origin(Enum):
    """Who sends."""

    SERVER = "server"
    CLIENT = "client"


_BODY_LIMITS = {1: 1 << 20, 2: 256 << 20, 3: 8 << 20, 4: 8 << 20, 5: 64 << 20, 6: 64 << 20}
_SERVER_BODY_LIMITS = {1: 32 << 10, 2: 1 << 20, 3: 1 << 10, 4: 2 << 10, 5: 64 << 10, 6: 64 << 10}


def body_limit(channel: int, *, of_server: bool = False) -> int:
    """The largest body to take on a channel of SPICE, by the number of its type: more than real peers send. With
    `of_server` what a server takes of its clients."""
    limits = _SERVER_BODY_LIMITS if of_server else _BODY_LIMITS
    return limits.get(channel, 64 << 20)


@dataclass(slots=True)
class SubMessage:
    """A message inside of another one."""

    kind: int
    """Its number, of the same channel and direction as the message that carries it."""
    declared_size: int
    """The size that its head declares; real servers declare too much, so that `body` is cut to what is there."""
    offset: int
    """Where its head starts in the data of the frame."""
    body: memoryview
    """Its body. Pointers count from its start; bytes that the message does not use may follow."""


@dataclass(slots=True)
class Frame:
    """A message as it came."""

    kind: int
    """Message number."""
    serial: int
    """Number of the message in its direction: as the full head says, or counted from 1. A peer's serials are
    information, not to be trusted."""
    sub_list: int
    """Where the data has a list of sub-messages, as the full head says; 0 is none."""
    body: memoryview
    """The body of the message itself, to be parsed by its number."""
    data: memoryview
    """Everything behind the head: the message's own body, sub-messages, their list."""
    origin: Origin
    """Who sent it."""

    def sub_messages(self) -> list[SubMessage]:
        """The messages inside of this one, in the order in which they are to be handled: before this one. Clients send
        none.

        Raises a `DecodeError`, with offsets from the start of `data`.
        """
        if self.origin is Origin.CLIENT:
            return []
        if self.kind == LIST:
            if self.sub_list:
                raise _failed(ErrorKind.VALUE, 0, self.sub_list, 0, "sub_list")
            return parse_sub_messages(self.data, 0)
        return parse_sub_messages(self.data, self.sub_list) if self.sub_list else []

    def __repr__(self) -> str:
        head = f"kind={self.kind}, serial={self.serial}, sub_list={self.sub_list}"
        return f"Frame({head}, {len(self.data)} bytes)"


def parse_sub_messages(data: memoryview, at: int) -> list[SubMessage]:
    """The messages of the list at byte `at` of a frame's data: 0 for the message LIST, otherwise what the full head says.

    A body ends at the nearest of its declared end, the next head, the list, and the end of the data.
    """
    size, rest = len(data), max(len(data) - at, 0)
    if rest < 2:
        raise _failed(ErrorKind.TRUNCATED, at, 2, rest, "sub_list")
    (count,) = _COUNT.unpack_from(data, at)
    if rest - 2 < 4 * count:
        raise _failed(ErrorKind.TRUNCATED, at, 2 + 4 * count, rest, "sub_messages")
    entries = struct.unpack_from(f"<{count}I", data, at + 2)
    for index, entry in enumerate(entries):
        if entry + 6 > size:
            error = DecodeError(ErrorKind.POINTER, at + 2 + 4 * index, entry, size)
            raise _in_list(error, index)
    ceilings = _ceilings(entries, at)
    messages: list[SubMessage] = []
    total = 0
    for index, entry in enumerate(entries):
        kind, declared = _MINI.unpack_from(data, entry)
        ends = [entry + 6 + declared, size]
        if ceilings[index] is not None:
            ends.append(ceilings[index])
        if at > entry:
            ends.append(at)
        body = data[entry + 6 : max(min(ends), entry + 6)]
        total += 6 + len(body)
        if kind == LIST:
            error = DecodeError(ErrorKind.VALUE, entry, LIST)
            error.within("type")
            raise _in_list(error, index)
        if total > size + 6 * count:
            raise _in_list(DecodeError(ErrorKind.LIMIT, entry, total, size + 6 * count), index)
        messages.append(SubMessage(kind, declared, entry, body))
    return messages


def _ceilings(entries: Sequence[int], at: int) -> list[int | None]:
    """For each entry the smallest of the larger ones, if any."""
    pairs = list(pairwise(entries))
    if all(a < b for a, b in pairs):
        return [*entries[1:], None]
    if all(a > b for a, b in pairs):
        return [None, *entries[:-1]]
    if len(entries) > _MOST_MIXED:
        raise _failed(ErrorKind.LIMIT, at, len(entries), _MOST_MIXED, "sub_messages")
    return [min((other for other in entries if other > entry), default=None) for entry in entries]


def _in_list(error: DecodeError, index: int) -> DecodeError:
    error.at_index(index)
    error.within("sub_messages")
    return error


def _failed(kind: ErrorKind, offset: int, needed: int, present: int, name: str) -> DecodeError:
    error = DecodeError(kind, offset, needed, present)
    error.within(name)
    return error


class FrameDecoder:
    """Cuts the bytes of one direction of a connection into frames, however they come.

    Memory follows the bytes that have come, never the size that a head announces; that is compared with `limit` as soon
    as the head is there. The first byte is the one behind the link result.
    """

    def __init__(
        self,
        header: HeaderKind,
        *,
        origin: Origin = Origin.SERVER,
        limit: int = 64 << 20,
        next_serial: int = 1,
    ) -> None:
        self.header = header
        self.origin = origin
        self.limit = limit
        """The largest body that is taken."""
        self.next_serial = next_serial
        """The serial of the next frame with mini heads; a migrated channel goes on where it stopped."""
        self.consumed = 0
        """Bytes of the stream that are part of frames that were given."""
        self._buffer = bytearray()
        # Frames of one piece of the stream are cut from the front, and thrown away together.
        self._start = 0
        self._error: tuple[int, int] | None = None

    def feed(self, data: Bytes) -> Iterator[Frame]:
        """Takes bytes and gives the frames that are complete with them."""
        self.push(data)
        while (frame := self.next_frame()) is not None:
            yield frame

    def push(self, data: Bytes) -> None:
        """Takes bytes."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """The next frame; `None` when more bytes are needed for it.

        Raises a `DecodeError` when a head announces a larger body than the limit; the stream is lost then, and the error
        is repeated. Its offset counts from the start of the stream.
        """
        if self._error is not None:
            raise self._too_large(*self._error)
        head, buffer, start = self.header.value, self._buffer, self._start
        if len(buffer) - start < head:
            return None
        if self.header is HeaderKind.MINI:
            kind, size = _MINI.unpack_from(buffer, start)
            serial, sub_list = self.next_serial, 0
        else:
            serial, kind, size, sub_list = _FULL.unpack_from(buffer, start)
        if size > self.limit:
            self._error = self.consumed + (2 if self.header is HeaderKind.MINI else 10), size
            raise self._too_large(*self._error)
        if len(buffer) - start < head + size:
            return None
        self._start = start + head + size
        self.consumed += head + size
        self.next_serial = (serial + 1) & _U64_MAX
        data = memoryview(bytes(buffer[start + head : self._start]))
        body = data
        if sub_list and self.origin is Origin.SERVER:
            body = data[: _own_size(data, sub_list)]
        return Frame(kind, serial, sub_list, body, data, self.origin)

    @property
    def missing(self) -> int:
        """Bytes that are missing, at the least, from the next frame; 0 when it is there, and after an error."""
        there = len(self._buffer) - self._start
        if self._error is not None:
            return 0
        if there < self.header.value:
            return self.header.value - there
        at = self._start + (2 if self.header is HeaderKind.MINI else 10)
        size = int(_ENTRY.unpack_from(self._buffer, at)[0])
        return 0 if size > self.limit else max(self.header.value + size - there, 0)

    @property
    def remaining(self) -> bytes:
        """The bytes that are not part of a frame yet."""
        return bytes(self._buffer[self._start :])

    def finish(self) -> None:
        """Says that the stream has ended. Raises a `DecodeError` when that is inside of a frame."""
        if self._error is not None:
            raise self._too_large(*self._error)
        present = len(self._buffer) - self._start
        if present:
            raise DecodeError(ErrorKind.TRUNCATED, self.consumed, present + self.missing, present)

    def _too_large(self, offset: int, size: int) -> DecodeError:
        return _failed(ErrorKind.LIMIT, offset, size, self.limit, "size")


def _own_size(data: memoryview, sub_list: int) -> int:
    """The message's own body ends where the first head of a sub-message or the list starts; for a list with errors
    too, which only `Frame.sub_messages` reports."""
    first = sub_list
    if sub_list + 2 <= len(data):
        (count,) = _COUNT.unpack_from(data, sub_list)
        count = min(count, (len(data) - sub_list - 2) // 4)
        first = min(struct.unpack_from(f"<{count}I", data, sub_list + 2), default=sub_list)
    return min(first, sub_list, len(data))


class FrameEncoder:
    """Writes the messages of one direction of a connection, each behind its head, and counts their serials.

    On an error no serial is used.
    """

    def __init__(self, header: HeaderKind, *, next_serial: int = 1) -> None:
        self.header = header
        self.next_serial = next_serial
        """The serial of the next message; a migrated channel goes on where it stopped."""

    def encode(
        self, message: Message | UnknownMessage, before: Sequence[Message | UnknownMessage] = ()
    ) -> bytes:
        """The bytes of a message with its head, and of others that are to be handled before it.

        Those become sub-messages with full heads: the message's body, theirs from the last to the first, the list. With
        mini heads they go before it, a single one as it is, several in a message LIST.
        """
        inside = [(_kind(sub), sub.to_bytes()) for sub in before]
        return self.encode_body(_kind(message), message.to_bytes(), inside)

    def encode_body(self, kind: int, body: Bytes, before: Sequence[tuple[int, Bytes]] = ()) -> bytes:
        """As `encode`, for bodies that are bytes already, each with its number."""
        if len(before) > 0xFFFF:
            error = EncodeError(EncodeErrorKind.COUNT, len(before), 0xFFFF)
            error.within("sub_messages")
            raise error
        if not before:
            return self._head(kind, len(body)) + body
        if self.header is HeaderKind.FULL:
            messages, places = _laid_out(before, len(body))
            total = len(body) + len(messages) + 2 + 4 * len(places)
            head = self._head(kind, total, len(body) + len(messages))
            return b"".join((head, body, messages, _list_of(places)))
        if len(before) == 1:
            first_kind, first = before[0]
        else:
            messages, places = _laid_out(before, 2 + 4 * len(before))
            first_kind, first = LIST, _list_of(places) + messages
        _checked(len(body))
        return b"".join((self._head(first_kind, len(first)), first, self._head(kind, len(body)), body))

    def _head(self, kind: int, size: int, sub_list: int = 0) -> bytes:
        _checked(size)
        serial = self.next_serial
        self.next_serial = (serial + 1) & _U64_MAX
        if self.header is HeaderKind.MINI:
            return _MINI.pack(kind, size)
        return _FULL.pack(serial, kind, size, sub_list)


def _kind(message: Message | UnknownMessage) -> int:
    return message.kind if isinstance(message, UnknownMessage) else message.KIND


def _checked(size: int) -> None:
    if size > _U32_MAX:
        raise EncodeError(EncodeErrorKind.TOO_LARGE, size, _U32_MAX)


def _laid_out(messages: Sequence[tuple[int, Bytes]], at: int) -> tuple[bytes, list[int]]:
    """Messages with their heads, the last first as the reference writes them, and the place of each in their order, where
    the first byte lies at `at`."""
    out = bytearray()
    places: list[int] = []
    for kind, body in reversed(messages):
        places.append(at + len(out))
        out += _MINI.pack(kind, len(body))
        out += body
    return bytes(out), places[::-1]


def _list_of(places: Sequence[int]) -> bytes:
    return _COUNT.pack(len(places)) + struct.pack(f"<{len(places)}I", *places)
