"""Reading and writing: what the generated modules stand on.

Bytes become values by ``X.parse(data)``, and values bytes by ``x.to_bytes()``. What is wrong with bytes of a peer is a
`DecodeError`, what is wrong with a value of yours an `EncodeError`; both are a `ValueError` and say what is wrong and in
which field. Users need these, `UnknownMessage` and the functions about capabilities; the rest is for generated code.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, cast

from ._errors import DecodeError, EncodeError, EncodeErrorKind, ErrorKind
from ._numbers import (
    I8,
    I16,
    I32,
    I64,
    NO_CAPABILITIES,
    U8,
    U16,
    U32,
    U64,
    Capabilities,
    Enum8,
    Enum16,
    Enum32,
    Flags8,
    Flags16,
    Flags32,
    GuestAddress,
    Members,
    capabilities_from_words,
    capability_words,
)
from ._reader import Bytes, Reader, decode_text, image_size, unpack_items, unpack_numbers
from ._writer import Measure, Writer, encode_text, misfit, pack_items, pack_numbers

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "I8",
    "I16",
    "I32",
    "I64",
    "NO_CAPABILITIES",
    "U8",
    "U16",
    "U32",
    "U64",
    "Bytes",
    "Capabilities",
    "DecodeError",
    "EncodeError",
    "EncodeErrorKind",
    "Enum8",
    "Enum16",
    "Enum32",
    "ErrorKind",
    "Flags8",
    "Flags16",
    "Flags32",
    "GuestAddress",
    "Measure",
    "Member",
    "Members",
    "Message",
    "Reader",
    "Structure",
    "UnknownMessage",
    "Writer",
    "capabilities_from_words",
    "capability_words",
    "decode_text",
    "encode_text",
    "image_size",
    "pack_items",
    "pack_numbers",
    "parse_message",
    "unpack_items",
    "unpack_numbers",
]


class Shown:
    """A dataclass that shows few of many bytes, and nothing of fields that are to stay hidden."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = (
            f"{field.name}={_show(getattr(self, field.name)) if field.repr else '<hidden>'}"
            for field in fields(cast(Any, self))
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class Structure(Shown):
    """A structure of the description."""

    __slots__ = ()

    MIN_SIZE: ClassVar[int] = 0
    """The fewest bytes it takes, without what pointers lead to."""
    EXACT: ClassVar[bool] = False
    """Whether bytes behind the last field are refused."""

    @classmethod
    def parse(cls, data: Bytes, capabilities: Capabilities = NO_CAPABILITIES) -> tuple[Self, memoryview]:
        """Reads a whole message body and checks all of it. Also gives the bytes that it does not use.

        Raises a `DecodeError`.
        """
        reader = Reader(data, capabilities)
        value = cls.read(reader)
        if cls.EXACT:
            reader.finish()
        return value, reader.trailing()

    @classmethod
    def parse_all(cls, data: Bytes, capabilities: Capabilities = NO_CAPABILITIES) -> Self:
        """As `parse`, and refuses bytes that are not used."""
        reader = Reader(data, capabilities)
        value = cls.read(reader)
        reader.finish()
        return value

    def to_bytes(self) -> bytes:
        """The bytes of the value, pointers laid out as the reference does it.

        Raises an `EncodeError` where its parts do not fit together or do not fit the wire.
        """
        self.encoded_len()
        writer = Writer()
        try:
            return writer.message(self)
        except struct.error:
            error = misfit(self)
            if isinstance(self, Message):
                error.within(self.NAME)
            raise error from None

    def encoded_len(self) -> int:
        """The number of bytes that `to_bytes` gives, checked in the same way but for the size of integers."""
        measure = Measure()
        return measure.message(self.measure(measure))

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Reads the value at the reader's place."""
        raise NotImplementedError

    def measure(self, measure: Measure) -> int:
        """Checks the value and counts its bytes, without what pointers lead to."""
        raise NotImplementedError

    def write(self, writer: Writer) -> None:
        """Writes the value; only once it was measured."""
        raise NotImplementedError


class Member(Shown):
    """A member of a choice: a class of its own, so that `match` tells it from the others."""

    __slots__ = ()

    IS_MEMBER: ClassVar[bool] = True


def _show(value: object) -> str:
    """As `repr`, with few of many bytes."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        return repr(value)
    data = bytes(cast(Bytes, value))
    return f"{data[:32]!r}... of {len(data)} bytes" if len(data) > 32 else repr(data)


@dataclass(slots=True)
class UnknownMessage:
    """A message with a number that the description does not know; kept as it is."""

    kind: int
    """Its number."""
    body: Bytes
    """Its body."""

    def to_bytes(self) -> bytes:
        """Its body."""
        return bytes(self.body)

    def __repr__(self) -> str:
        return f"UnknownMessage(kind={self.kind}, body={_show(self.body)})"


class Message(Structure):
    """A structure that is a message of a channel."""

    __slots__ = ()

    KIND: ClassVar[int]
    """Its number."""
    NAME: ClassVar[str]
    """Its name in the description; errors start with it."""

    def encoded_len(self) -> int:
        measure = Measure()
        return measure.message(measure.field(self, self.NAME))


def parse_message(
    messages: Mapping[int, type[Message]],
    kind: int,
    body: Bytes,
    capabilities: Capabilities = NO_CAPABILITIES,
) -> tuple[Message | UnknownMessage, memoryview]:
    """Reads the body of a message by its number, and gives the bytes that it does not use."""
    message = messages.get(kind)
    if message is None:
        data = memoryview(body).cast("B")
        return UnknownMessage(kind, data), data[len(data) :]
    try:
        return message.parse(body, capabilities)
    except DecodeError as error:
        error.within(message.NAME)
        raise
