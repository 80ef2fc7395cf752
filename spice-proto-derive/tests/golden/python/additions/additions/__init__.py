# additions: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""Messages of `additions`, to be read and written."""

from __future__ import annotations

from . import agent as agent
from . import framing as framing
from . import wire as wire
