# example: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""What stands outside of modules in the description."""

from __future__ import annotations

from .wire import Enum8, Members

__all__ = ["PING_KIND_BY_NUMBER", "ChannelType", "PingKind"]


class PingKind(Enum8):
    """Kinds of a ping.

    Any value may occur; those with a name are constants.
    """

    SHORT = 0
    """Measures the time only."""
    LONG = 4
    """Loads the line as well."""


PING_KIND_BY_NUMBER = Members(PingKind, PingKind.__members__.values())


class ChannelType(Enum8):
    """The number of a channel type, as link messages carry it."""

    MAIN = 1
    """main"""
