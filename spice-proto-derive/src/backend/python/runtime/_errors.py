"""What reading and writing report: a kind, a place, a field."""

from __future__ import annotations

from enum import Enum

_U32_MAX = 0xFFFF_FFFF


class ErrorKind(Enum):
    """What is wrong with bytes of a peer."""

    TRUNCATED = "Truncated"
    """The bytes end before the field does: `needed` bytes wanted, `present` left."""
    NULL_POINTER = "NullPointer"
    """A required pointer is null."""
    POINTER = "Pointer"
    """A pointer to `needed` leads out of the message, which has `present` bytes."""
    VALUE = "Value"
    """The value `needed` is not allowed here."""
    TRAILING = "Trailing"
    """`present` bytes follow where nothing may follow."""
    LIMIT = "Limit"
    """More than a limit allows: `needed` wanted, `present` allowed."""


class EncodeErrorKind(Enum):
    """Why a value cannot be written."""

    COUNT = "Count"
    """An array has more elements than its count can say or its limit allows."""
    LENGTH = "Length"
    """An array does not have the number of elements that something else says."""
    NULL_ARRAY = "NullArray"
    """A null array asks for more bytes than the message has, which readers refuse."""
    SELECTOR = "Selector"
    """The member does not fit its selector."""
    EMPTY_TARGET = "EmptyTarget"
    """The target of a required pointer has no bytes, which reads as null."""
    RANGE = "Range"
    """A value is outside of its range, or does not fit its integer."""
    TOO_LARGE = "TooLarge"
    """The message is larger than 2^32 - 1 bytes."""
    TEXT = "Text"
    """A text has letters that UTF-8 does not have: single surrogates."""


class _FieldError(ValueError):
    """An error in a field: the trail from the message down to it."""

    _MOST = 10
    """Names and indices that are kept, those nearest to the field."""
    _MOST_INDICES = 2

    def __init__(self, *what: object) -> None:
        super().__init__(*what)
        self._trail: list[str] = []
        self._cut = False

    @property
    def path(self) -> str:
        """The field, from the message down, such as ``draw_text.str.glyphs[3].data``. Empty where it is not known; a
        trail of more than ten names or two indices starts with ``...``."""
        path = "".join(reversed(self._trail)).removeprefix(".")
        return f"...{path}" if self._cut else path

    def within(self, name: str) -> None:
        """Notes the field that the error was in; called on the way up."""
        self._note(f".{name}")

    def at_index(self, index: int) -> None:
        """Notes the element of a list that the error was in; called on the way up."""
        if sum(part.startswith("[") for part in self._trail) < self._MOST_INDICES:
            self._note(f"[{index}]")
        else:
            self._cut = True

    def _note(self, part: str) -> None:
        if len(self._trail) < self._MOST:
            self._trail.append(part)
        else:
            self._cut = True

    def _message(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        path = self.path
        return f"{path}: {self._message()}" if path else self._message()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class DecodeError(_FieldError):
    """Bytes of a peer were refused: `kind` says why, `offset` where, `path` in which field.

    Prints as ``draw_copy.data.src_bitmap.quic.data: 70000 bytes wanted, 12 left, at byte 57``.
    """

    def __init__(self, kind: ErrorKind, offset: int, needed: int = 0, present: int = 0) -> None:
        super().__init__(kind, offset, needed, present)
        self.kind = kind
        self.offset = offset
        """In bytes from the start of the message body; for frames from the start of the stream."""
        self.needed = needed
        """What the field wanted: bytes, a value or an offset; see `ErrorKind`."""
        self.present = min(present, _U32_MAX)
        """What there was: bytes or a limit; see `ErrorKind`."""

    def _message(self) -> str:
        needed, present = self.needed, self.present
        what = {
            ErrorKind.TRUNCATED: f"{needed} bytes wanted, {present} left",
            ErrorKind.NULL_POINTER: "required pointer is null",
            ErrorKind.POINTER: f"offset {needed} leads out of the message of {present} bytes",
            ErrorKind.VALUE: f"value {needed} is not allowed",
            ErrorKind.TRAILING: f"{present} bytes follow the last field",
            ErrorKind.LIMIT: f"{needed} wanted, the limit is {present}",
        }
        return f"{what[self.kind]}, at byte {self.offset}"


class EncodeError(_FieldError):
    """A value cannot be written: `kind` says why, `path` in which field. Nothing was written."""

    def __init__(self, kind: EncodeErrorKind, actual: int = 0, expected: int = 0) -> None:
        super().__init__(kind, actual, expected)
        self.kind = kind
        self.actual = actual
        """What was found: elements, bytes or a value."""
        self.expected = expected
        """What would have been right."""

    def _message(self) -> str:
        actual, expected = self.actual, self.expected
        return {
            EncodeErrorKind.COUNT: f"{actual} elements, at most {expected} possible",
            EncodeErrorKind.LENGTH: f"{actual} elements, other fields say {expected}",
            EncodeErrorKind.NULL_ARRAY: f"null asks for {expected} bytes, the message has {actual}",
            EncodeErrorKind.SELECTOR: "the member does not fit its selector",
            EncodeErrorKind.EMPTY_TARGET: "a required target has no bytes",
            EncodeErrorKind.RANGE: f"value {actual} is not allowed",
            EncodeErrorKind.TOO_LARGE: f"{actual} bytes, at most {expected} possible",
            EncodeErrorKind.TEXT: "the text is no UTF-8",
        }[self.kind]
