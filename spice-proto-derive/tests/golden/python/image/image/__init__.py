# image: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""Messages of `image`, to be read and written."""

from __future__ import annotations

from . import framing as framing
from . import root as root
from . import wire as wire
from .root import BITMAP_FLAGS_BY_NUMBER as BITMAP_FLAGS_BY_NUMBER
from .root import IMAGE_TYPE_BY_NUMBER as IMAGE_TYPE_BY_NUMBER
from .root import LINE_FLAGS_BY_NUMBER as LINE_FLAGS_BY_NUMBER
from .root import STRING_FLAGS_BY_NUMBER as STRING_FLAGS_BY_NUMBER
from .root import BinaryData as BinaryData
from .root import BitmapData as BitmapData
from .root import BitmapDataPal as BitmapDataPal
from .root import BitmapDataPalPalette as BitmapDataPalPalette
from .root import BitmapDataPalPaletteId as BitmapDataPalPaletteId
from .root import BitmapFlags as BitmapFlags
from .root import Draw as Draw
from .root import Image as Image
from .root import ImageDescriptor as ImageDescriptor
from .root import ImageType as ImageType
from .root import ImageU as ImageU
from .root import ImageUBitmap as ImageUBitmap
from .root import ImageUCompressed as ImageUCompressed
from .root import ImageUSurface as ImageUSurface
from .root import LineAttr as LineAttr
from .root import LineFlags as LineFlags
from .root import Palette as Palette
from .root import Point as Point
from .root import RasterGlyph as RasterGlyph
from .root import String as String
from .root import StringFlags as StringFlags
from .root import StringU as StringU
from .root import StringURasterA1 as StringURasterA1
from .root import StringURasterA8 as StringURasterA8
from .root import Surface as Surface
