# example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""What stands outside of modules in the description."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar

from .wire import U16, Enum8, Measure, Members, Reader, Structure, Writer

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["PING_KIND_BY_NUMBER", "ChannelType", "PingKind", "Question"]

_QUESTION = Struct("<H")


class PingKind(Enum8):
    """Kinds of a ping.

    Needs an answer from all.

    Any value may occur; those with a name are constants.
    """

    SHORT = 0
    """Measures the time only."""
    LONG = 4
    """Loads the line as well."""
    BROADCAST = 16
    """To everybody."""


PING_KIND_BY_NUMBER = Members(PingKind, PingKind.__members__.values())


class ChannelType(Enum8):
    """The number of a channel type, as link messages carry it."""

    MAIN = 1
    """main"""
    SHIPS = 200
    """ships"""


@dataclass(slots=True, repr=False)
class Question(Structure):
    """What is asked for.

    2 bytes on the wire.
    """

    MIN_SIZE: ClassVar[int] = 2

    topic: U16
    """`topic` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (topic,) = _QUESTION.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((2, "topic")) from None
        reader.at += 2
        return cls(topic)

    def measure(self, measure: Measure) -> int:
        return 2

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _QUESTION.pack(self.topic)
