"""Integers with bounds, enumerations and flag sets that keep what they do not know, capabilities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self

_U32_MAX = 0xFFFF_FFFF

NumberT = TypeVar("NumberT", bound=int)


@dataclass(frozen=True)
class Bounds:
    """The smallest and the largest value of an integer."""

    low: int
    high: int


U8 = Annotated[int, Bounds(0, 0xFF)]
"""An integer of 8 bits."""
U16 = Annotated[int, Bounds(0, 0xFFFF)]
"""An integer of 16 bits."""
U32 = Annotated[int, Bounds(0, 0xFFFF_FFFF)]
"""An integer of 32 bits."""
U64 = Annotated[int, Bounds(0, 0xFFFF_FFFF_FFFF_FFFF)]
"""An integer of 64 bits."""
I8 = Annotated[int, Bounds(-0x80, 0x7F)]
"""A signed integer of 8 bits."""
I16 = Annotated[int, Bounds(-0x8000, 0x7FFF)]
"""A signed integer of 16 bits."""
I32 = Annotated[int, Bounds(-0x8000_0000, 0x7FFF_FFFF)]
"""A signed integer of 32 bits."""
I64 = Annotated[int, Bounds(-0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF)]
"""A signed integer of 64 bits."""
GuestAddress = Annotated[int, Bounds(0, 0xFFFF_FFFF_FFFF_FFFF)]
"""An address in a guest's memory; nobody follows it."""


class OpenEnum(IntEnum):
    """An enumeration that takes any number: one without a name is kept, and written back."""

    @classmethod
    def bits(cls) -> int:
        """The largest number that fits."""
        return _U32_MAX

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        # Not noted among the members: a peer could make up any number of them.
        member._name_ = str(value)
        member._value_ = value
        return member

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}" if self.known else f"{type(self).__name__}({self.value})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return int(self) == int(other)
        return NotImplemented

    def __hash__(self) -> int:
        return int.__hash__(self)

    def __reduce_ex__(self, proto: Any) -> tuple[Any, ...]:
        return type(self), (self.value,)

    @property
    def known(self) -> bool:
        """Whether the number has a name."""
        return self.name in type(self).__members__


class OpenFlags(IntFlag):
    """A set of flags that keeps the bits it has no name for, and writes them back."""

    @classmethod
    def bits(cls) -> int:
        """All bits of the integer."""
        return _U32_MAX

    @classmethod
    def _missing_(cls, value: object) -> Self:
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is no {cls.__name__}")
        # Not noted among the members: a peer could make up any number of them.
        member = int.__new__(cls, value if value >= 0 else value & cls.bits())
        member._name_ = None
        member._value_ = int(member)
        return member

    def __or__(self, other: int) -> Self:
        return type(self)(int(self) | int(other))

    def __and__(self, other: int) -> Self:
        return type(self)(int(self) & int(other))

    def __xor__(self, other: int) -> Self:
        return type(self)(int(self) ^ int(other))

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self) -> Self:
        return type(self)(int(self) ^ self.bits())

    def __contains__(self, other: object) -> bool:
        return isinstance(other, int) and int(self) & other == other

    def __iter__(self) -> Iterator[Self]:
        return (flag for flag in type(self).__members__.values() if int(self) & int(flag))

    def __len__(self) -> int:
        return int(self).bit_count()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return int(self) == int(other)
        return NotImplemented

    def __hash__(self) -> int:
        return int.__hash__(self)

    def __bool__(self) -> bool:
        return int(self) != 0

    def __reduce_ex__(self, proto: Any) -> tuple[Any, ...]:
        return type(self), (self.value,)

    @property
    def names(self) -> list[str]:
        """The names of the flags that are set; bits without one as a number, such as ``0x80``."""
        named = {name: int(flag) for name, flag in type(self).__members__.items() if int(self) & int(flag)}
        rest = int(self) & ~sum(named.values())
        return [*named, hex(rest)] if rest else [*named]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({' | '.join(self.names) or '0'})"

    __str__ = __repr__


class Enum8(OpenEnum):
    """An enumeration of 8 bits."""

    @classmethod
    def bits(cls) -> int:
        return 0xFF


class Enum16(OpenEnum):
    """An enumeration of 16 bits."""

    @classmethod
    def bits(cls) -> int:
        return 0xFFFF


class Enum32(OpenEnum):
    """An enumeration of 32 bits."""


class Flags8(OpenFlags):
    """A set of 8 flags."""

    @classmethod
    def bits(cls) -> int:
        return 0xFF


class Flags16(OpenFlags):
    """A set of 16 flags."""

    @classmethod
    def bits(cls) -> int:
        return 0xFFFF


class Flags32(OpenFlags):
    """A set of 32 flags."""


class Members(dict[int, NumberT]):
    """The members of an enumeration or flag set by number, for fast reading; others are made as they are asked for."""

    def __init__(self, numbers: type[NumberT], known: Iterable[NumberT]) -> None:
        super().__init__((int(member), member) for member in known)
        self._numbers = numbers

    def __missing__(self, value: int) -> NumberT:
        return self._numbers(value)


Capabilities: TypeAlias = Collection[int]
"""Numbers of capabilities that both peers have announced, for layouts that depend on them."""

NO_CAPABILITIES: Capabilities = frozenset()


def capabilities_from_words(words: Iterable[int]) -> frozenset[int]:
    """The capabilities that words of 32 bits say: number k is bit k % 32 of word k // 32."""
    return frozenset(
        32 * index + bit for index, word in enumerate(words) for bit in range(32) if word >> bit & 1
    )


def capability_words(capabilities: Capabilities) -> list[int]:
    """The words that say these capabilities: the inverse of `capabilities_from_words`."""
    words = [0] * (max(capabilities, default=-1) // 32 + 1)
    for number in capabilities:
        words[number // 32] |= 1 << number % 32
    return words
