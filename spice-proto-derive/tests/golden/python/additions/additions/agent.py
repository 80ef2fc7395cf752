# additions: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""The module `agent` of the description."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from .wire import (
    I8,
    U8,
    U16,
    U32,
    U64,
    Bytes,
    Enum16,
    Enum32,
    ErrorKind,
    GuestAddress,
    Measure,
    Member,
    Members,
    Reader,
    Structure,
    Writer,
    decode_text,
    encode_text,
    pack_items,
    pack_numbers,
    unpack_numbers,
)

if TYPE_CHECKING:
    from typing_extensions import Self

_QXL_DATA_CHUNK = Struct("<I2Q")
_QUIC_HEADER = Struct(">IHb")
_SET = Struct("<HQ")
_CURSOR_COMMAND = Struct("<I16s3I")


class AgentCapability(Enum16):
    """Bits of the announcement.

    The number is that of a bit in the capability words.
    """

    CLIPBOARD_SELECTION = 6
    """`CLIPBOARD_SELECTION` of the description."""
    GRAB_SERIAL = 17
    """`GRAB_SERIAL` of the description. Needs `AgentCapability.CLIPBOARD_SELECTION`."""


class Command(Enum32):
    """Any value may occur; those with a name are constants."""

    SET = 1
    """`SET` of the description."""
    MOVE = 2
    """`MOVE` of the description."""
    HIDE = 3
    """`HIDE` of the description.

    No longer used by peers.
    """


COMMAND_BY_NUMBER = Members(Command, Command.__members__.values())


@dataclass(slots=True, repr=False)
class QxlDataChunk(Structure):
    """A piece of guest memory.

    At least 20 bytes on the wire.
    """

    MIN_SIZE: ClassVar[int] = 20
    EXACT: ClassVar[bool] = True

    prev_chunk: GuestAddress
    """`prev_chunk` of the description."""

    next_chunk: GuestAddress
    """`next_chunk` of the description."""

    data: Bytes
    """`data` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            data_size, prev_chunk, next_chunk = _QXL_DATA_CHUNK.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "data_size"), (12, "prev_chunk"), (20, "next_chunk")) from None
        reader.at += 20
        data = reader.take(data_size, "data")
        return cls(prev_chunk, next_chunk, data)

    def measure(self, measure: Measure) -> int:
        size = 20
        measure.at_most(len(self.data), 0xFFFFFFFF, "data")
        size += len(self.data)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _QXL_DATA_CHUNK.pack(len(self.data), self.prev_chunk, self.next_chunk)
        out += self.data


@dataclass(slots=True, repr=False)
class QuicHeader(Structure):
    """A header with its own byte order.

    7 bytes on the wire.
    """

    MIN_SIZE: ClassVar[int] = 7

    magic: U32
    """`magic` of the description."""

    version: U16
    """`version` of the description. From 1 to 127."""

    offset: I8
    """`offset` of the description. From -5 to 5."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            magic, version, offset = _QUIC_HEADER.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "magic"), (6, "version"), (7, "offset")) from None
        reader.at += 7
        if not 1 <= version <= 127:
            raise reader.fail(ErrorKind.VALUE, version, 0, 3, "version")
        if not -5 <= offset <= 5:
            raise reader.fail(ErrorKind.VALUE, offset, 0, 1, "offset")
        return cls(magic, version, offset)

    def measure(self, measure: Measure) -> int:
        measure.within(self.version, 1, 127, "version")
        measure.within(self.offset, -5, 5, "offset")
        return 7

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _QUIC_HEADER.pack(self.magic, self.version, self.offset)


@dataclass(slots=True, repr=False)
class ClipboardGrab(Structure):
    """Offered types.

    Any number of bytes on the wire.
    """

    selection: U8 | None
    """`selection` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`."""

    reserved: Bytes | None
    """`reserved` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`."""

    serial: U32 | None
    """`serial` of the description. Needs `AgentCapability.GRAB_SERIAL`. There only when both peers have `AgentCapability.GRAB_SERIAL`."""

    types: list[U32]
    """`types` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        selection: U8 | None = None
        if 6 in reader.capabilities:  # AgentCapability.CLIPBOARD_SELECTION
            selection = reader.number("<B", "selection")
        reserved: Bytes | None = None
        if 6 in reader.capabilities:  # AgentCapability.CLIPBOARD_SELECTION
            reserved = bytes(reader.take(3, "reserved"))
        serial: U32 | None = None
        if 17 in reader.capabilities:  # AgentCapability.GRAB_SERIAL
            serial = reader.number("<I", "serial")
        types = reader.rest_numbers("<I")
        return cls(selection, reserved, serial, types)

    def measure(self, measure: Measure) -> int:
        size = 0
        if self.selection is not None:
            size += 1
        if self.reserved is not None:
            size += 3
            measure.exactly(len(self.reserved), 3, "reserved")
        if self.serial is not None:
            size += 4
        size += len(self.types) * 4
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        if self.selection is not None:
            writer.number("<B", self.selection)
        if self.reserved is not None:
            out += self.reserved
        if self.serial is not None:
            writer.number("<I", self.serial)
        writer.numbers("<I", self.types)


@dataclass(slots=True, repr=False)
class Set(Structure):
    """10 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 10

    x: U16
    """`x` of the description."""

    shape: GuestAddress
    """`shape` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            x, shape = _SET.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((2, "x"), (10, "shape")) from None
        reader.at += 10
        return cls(x, shape)

    def measure(self, measure: Measure) -> int:
        return 10

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _SET.pack(self.x, self.shape)


@dataclass(slots=True, repr=False)
class CursorCommandUSet(Member):
    """For `SET`."""

    set: Set


@dataclass(slots=True, repr=False)
class CursorCommandUPosition(Member):
    """For `MOVE`."""

    position: list[U16]


@dataclass(slots=True, repr=False)
class CursorCommandURaw(Member):
    """For anything else."""

    raw: U64 = field(repr=False)


@dataclass(slots=True, repr=False)
class CursorCommandUOther(Member):
    """The bytes of a choice that the selector does not name."""

    data: Bytes


CursorCommandU: TypeAlias = (
    CursorCommandUSet
    | CursorCommandUPosition
    | CursorCommandURaw
    | CursorCommandUOther
)
"""The union.

The member `u` of `CursorCommand`.
"""


@dataclass(slots=True, repr=False)
class CursorCommand(Structure):
    """At least 32 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 32

    type: Command
    """`type` of the description."""

    u: CursorCommandU = field(repr=False)
    """The union."""

    name: str
    """`name` of the description. At most 64 elements."""

    password: str = field(repr=False)
    """`password` of the description. At most 60 elements."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            type_, u, name_size, name, password_size = _CURSOR_COMMAND.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short(
                (4, "type"),
                (20, "u"),
                (24, "name_size"),
                (28, "name"),
                (32, "password_size"),
            ) from None
        reader.at += 32
        u_member: CursorCommandU
        if type_ == 1:  # SET
            u_member = CursorCommandUSet(Set.read(Reader(u)))
        elif type_ == 2:  # MOVE
            u_member = CursorCommandUPosition(unpack_numbers("<H", u[:4]))
        else:
            u_member = CursorCommandURaw(unpack_numbers("<Q", u[:8])[0])
        if name_size > 64:
            raise reader.fail(ErrorKind.LIMIT, name_size, 64, 0, "name")
        name = reader.required(name, 8, lambda at: decode_text(at.take(name_size)), "name")
        if password_size > 60:
            raise reader.fail(ErrorKind.LIMIT, password_size, 60, 0, "password")
        password = decode_text(reader.take(password_size, "password"))
        return cls(COMMAND_BY_NUMBER[type_], u_member, name, password)

    def measure(self, measure: Measure) -> int:
        size = 32
        if self.type == 1:  # SET
            if not isinstance(self.u, CursorCommandUSet):
                raise measure.disagree("u")
        elif self.type == 2:  # MOVE
            if not isinstance(self.u, CursorCommandUPosition):
                raise measure.disagree("u")
            measure.exactly(len(self.u.position), 2, "position")
        else:
            if not isinstance(self.u, CursorCommandURaw):
                raise measure.disagree("u")
        text = measure.text(self.name, "name")
        measure.at_most(len(text), 64, "name")
        measure.at_most(len(text), 0xFFFFFFFF, "name")
        measure.required(len(text), "name")
        text = measure.text(self.password, "password")
        measure.at_most(len(text), 60, "password")
        measure.at_most(len(text), 0xFFFFFFFF, "password")
        size += len(text)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        place = len(out)
        if isinstance(self.u, CursorCommandUSet):
            u_bytes = pack_items((self.u.set,))
        elif isinstance(self.u, CursorCommandUPosition):
            u_bytes = pack_numbers("<H", self.u.position)
        elif isinstance(self.u, CursorCommandURaw):
            u_bytes = pack_numbers("<Q", (self.u.raw,))
        else:
            u_bytes = bytes(self.u.data)
        out += _CURSOR_COMMAND.pack(
            self.type,
            u_bytes,
            len(encode_text(self.name)),
            0,
            len(encode_text(self.password)),
        )
        writer.pointer(place + 24, encode_text(self.name))
        out += encode_text(self.password)
