# test: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""What stands outside of modules in the description."""

from __future__ import annotations

from .wire import Enum8

__all__ = ["ChannelType"]


class ChannelType(Enum8):
    """The number of a channel type, as link messages carry it."""

    MAIN = 1
    """Comes first."""
    DERIVED = 9
    """derived"""
