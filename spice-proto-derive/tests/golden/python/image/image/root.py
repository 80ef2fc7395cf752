# image: made from a wire description by spice-proto-derive 0.1.0. Changes made here are lost.
# This output belongs to you: use it under any licence you like.

"""What stands outside of modules in the description."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from .wire import (
    I32,
    U8,
    U16,
    U32,
    U64,
    Bytes,
    Enum8,
    Flags8,
    Measure,
    Member,
    Members,
    Reader,
    Structure,
    Writer,
    image_size,
    pack_numbers,
)

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "BITMAP_FLAGS_BY_NUMBER",
    "IMAGE_TYPE_BY_NUMBER",
    "LINE_FLAGS_BY_NUMBER",
    "STRING_FLAGS_BY_NUMBER",
    "BinaryData",
    "BitmapData",
    "BitmapDataPal",
    "BitmapDataPalPalette",
    "BitmapDataPalPaletteId",
    "BitmapFlags",
    "Draw",
    "Image",
    "ImageDescriptor",
    "ImageType",
    "ImageU",
    "ImageUBitmap",
    "ImageUCompressed",
    "ImageUSurface",
    "LineAttr",
    "LineFlags",
    "Palette",
    "Point",
    "RasterGlyph",
    "String",
    "StringFlags",
    "StringU",
    "StringURasterA1",
    "StringURasterA8",
    "Surface",
]

_POINT = Struct("<2i")
_PALETTE = Struct("<QH")
_BINARY_DATA = Struct("<I")
_BITMAP_DATA = Struct("<B2I")
_IMAGE_DESCRIPTOR = Struct("<QB")
_SURFACE = Struct("<I")
_IMAGE = Struct("<QB")
_LINE_ATTR = Struct("<B")
_RASTER_GLYPH = Struct("<2i2H")
_STRING = Struct("<HB")
_DRAW = Struct("<2I")
_DRAW_2 = Struct("<IBI")
_DRAW_3 = Struct("<I16s")


class ImageType(Enum8):
    """Any value may occur; those with a name are constants."""

    BITMAP = 0
    """`BITMAP` of the description."""
    QUIC = 1
    """`QUIC` of the description."""
    SURFACE = 104
    """`SURFACE` of the description."""
    LZ4 = 105
    """`LZ4` of the description."""


IMAGE_TYPE_BY_NUMBER = Members(ImageType, ImageType.__members__.values())


class BitmapFlags(Flags8):
    """Unknown bits are kept."""

    PAL_CACHE_ME = 0x1
    """`PAL_CACHE_ME` of the description."""
    PAL_FROM_CACHE = 0x2
    """`PAL_FROM_CACHE` of the description."""
    TOP_DOWN = 0x4
    """`TOP_DOWN` of the description."""


BITMAP_FLAGS_BY_NUMBER = Members(BitmapFlags, BitmapFlags.__members__.values())


class LineFlags(Flags8):
    """Unknown bits are kept."""

    STYLED = 0x8
    """`STYLED` of the description."""


LINE_FLAGS_BY_NUMBER = Members(LineFlags, LineFlags.__members__.values())


class StringFlags(Flags8):
    """Unknown bits are kept."""

    RASTER_A1 = 0x1
    """`RASTER_A1` of the description."""
    RASTER_A8 = 0x2
    """`RASTER_A8` of the description."""


STRING_FLAGS_BY_NUMBER = Members(StringFlags, StringFlags.__members__.values())


@dataclass(slots=True, repr=False)
class Point(Structure):
    """8 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 8

    x: I32
    """`x` of the description."""

    y: I32
    """`y` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            x, y = _POINT.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "x"), (8, "y")) from None
        reader.at += 8
        return cls(x, y)

    def measure(self, measure: Measure) -> int:
        return 8

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _POINT.pack(self.x, self.y)


@dataclass(slots=True, repr=False)
class Palette(Structure):
    """At least 10 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 10

    unique: U64
    """`unique` of the description."""

    ents: list[U32]
    """`ents` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            unique, num_ents = _PALETTE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((8, "unique"), (10, "num_ents")) from None
        reader.at += 10
        ents = reader.numbers("<I", num_ents, "ents")
        return cls(unique, ents)

    def measure(self, measure: Measure) -> int:
        size = 10
        measure.at_most(len(self.ents), 0xFFFF, "ents")
        size += len(self.ents) * 4
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _PALETTE.pack(self.unique, len(self.ents))
        writer.numbers("<I", self.ents)


@dataclass(slots=True, repr=False)
class BinaryData(Structure):
    """At least 4 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 4

    data: Bytes
    """`data` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (data_size,) = _BINARY_DATA.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "data_size")) from None
        reader.at += 4
        data = reader.take(data_size, "data")
        return cls(data)

    def measure(self, measure: Measure) -> int:
        size = 4
        measure.at_most(len(self.data), 0xFFFFFFFF, "data")
        size += len(self.data)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _BINARY_DATA.pack(len(self.data))
        out += self.data


@dataclass(slots=True, repr=False)
class BitmapDataPalPaletteId(Member):
    """For `PAL_FROM_CACHE`."""

    palette_id: U64


@dataclass(slots=True, repr=False)
class BitmapDataPalPalette(Member):
    """For not `PAL_FROM_CACHE`."""

    palette: Palette | None


BitmapDataPal: TypeAlias = BitmapDataPalPaletteId | BitmapDataPalPalette | None
"""The member `pal` of `BitmapData`."""


@dataclass(slots=True, repr=False)
class BitmapData(Structure):
    """At least 13 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 13

    flags: BitmapFlags
    """`flags` of the description."""

    y: U32
    """`y` of the description."""

    stride: U32
    """`stride` of the description."""

    pal: BitmapDataPal
    """`pal` of the description."""

    data: Bytes
    """`data` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            flags, y, stride = _BITMAP_DATA.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "flags"), (5, "y"), (9, "stride")) from None
        reader.at += 9
        pal: BitmapDataPal = None
        if flags & 0x2:  # PAL_FROM_CACHE
            pal = BitmapDataPalPaletteId(reader.number("<Q", "palette_id"))
        elif not flags & 0x2:  # not PAL_FROM_CACHE
            pal = BitmapDataPalPalette(reader.pointer(reader.number("<I", "palette"), 4, Palette.read, "palette"))
        data = reader.take(image_size(8, stride, y), "data")
        return cls(BITMAP_FLAGS_BY_NUMBER[flags], y, stride, pal, data)

    def measure(self, measure: Measure) -> int:
        size = 9
        if int(self.flags) & 0x2:  # PAL_FROM_CACHE
            if not isinstance(self.pal, BitmapDataPalPaletteId):
                raise measure.disagree("pal")
            size += 8
        elif not int(self.flags) & 0x2:  # not PAL_FROM_CACHE
            if not isinstance(self.pal, BitmapDataPalPalette):
                raise measure.disagree("pal")
            size += 4
            if self.pal.palette is not None:
                measure.target(measure.field(self.pal.palette, "palette"))
        elif self.pal is not None:
            raise measure.disagree("pal")
        measure.exactly(len(self.data), image_size(8, self.stride, self.y), "data")
        size += len(self.data)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _BITMAP_DATA.pack(self.flags, self.y, self.stride)
        if isinstance(self.pal, BitmapDataPalPaletteId):
            writer.number("<Q", self.pal.palette_id)
        elif isinstance(self.pal, BitmapDataPalPalette):
            writer.pointer(len(out), self.pal.palette)
            out += bytes(4)
        out += self.data


@dataclass(slots=True, repr=False)
class ImageDescriptor(Structure):
    """9 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 9

    id: U64
    """`id` of the description."""

    type: ImageType
    """`type` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            id, type_ = _IMAGE_DESCRIPTOR.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((8, "id"), (9, "type")) from None
        reader.at += 9
        return cls(id, IMAGE_TYPE_BY_NUMBER[type_])

    def measure(self, measure: Measure) -> int:
        return 9

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _IMAGE_DESCRIPTOR.pack(self.id, self.type)


@dataclass(slots=True, repr=False)
class Surface(Structure):
    """4 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 4

    surface_id: U32
    """`surface_id` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (surface_id,) = _SURFACE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "surface_id")) from None
        reader.at += 4
        return cls(surface_id)

    def measure(self, measure: Measure) -> int:
        return 4

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _SURFACE.pack(self.surface_id)


@dataclass(slots=True, repr=False)
class ImageUBitmap(Member):
    """For `BITMAP`."""

    bitmap: BitmapData


@dataclass(slots=True, repr=False)
class ImageUCompressed(Member):
    """For `QUIC` or `LZ4`."""

    compressed: BinaryData


@dataclass(slots=True, repr=False)
class ImageUSurface(Member):
    """For `SURFACE`."""

    surface: Surface


ImageU: TypeAlias = ImageUBitmap | ImageUCompressed | ImageUSurface | None
"""The member `u` of `Image`."""


@dataclass(slots=True, repr=False)
class Image(Structure):
    """At least 9 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 9

    descriptor: ImageDescriptor
    """`descriptor` of the description."""

    u: ImageU
    """`u` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            descriptor_id, descriptor_type = _IMAGE.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((9, "descriptor")) from None
        reader.at += 9
        u: ImageU = None
        if descriptor_type == 0:  # BITMAP
            u = ImageUBitmap(reader.field(BitmapData.read, "bitmap"))
        elif descriptor_type in (1, 105):  # QUIC, LZ4
            u = ImageUCompressed(reader.field(BinaryData.read, "compressed"))
        elif descriptor_type == 104:  # SURFACE
            u = ImageUSurface(reader.field(Surface.read, "surface"))
        return cls(ImageDescriptor(descriptor_id, IMAGE_TYPE_BY_NUMBER[descriptor_type]), u)

    def measure(self, measure: Measure) -> int:
        size = 9
        if self.descriptor.type == 0:  # BITMAP
            if not isinstance(self.u, ImageUBitmap):
                raise measure.disagree("u")
            size += measure.field(self.u.bitmap, "bitmap")
        elif self.descriptor.type in (1, 105):  # QUIC, LZ4
            if not isinstance(self.u, ImageUCompressed):
                raise measure.disagree("u")
            size += measure.field(self.u.compressed, "compressed")
        elif self.descriptor.type == 104:  # SURFACE
            if not isinstance(self.u, ImageUSurface):
                raise measure.disagree("u")
            size += 4
        elif self.u is not None:
            raise measure.disagree("u")
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _IMAGE.pack(self.descriptor.id, self.descriptor.type)
        if isinstance(self.u, ImageUBitmap):
            self.u.bitmap.write(writer)
        elif isinstance(self.u, ImageUCompressed):
            self.u.compressed.write(writer)
        elif isinstance(self.u, ImageUSurface):
            self.u.surface.write(writer)


@dataclass(slots=True, repr=False)
class LineAttr(Structure):
    """At least 1 byte on the wire."""

    MIN_SIZE: ClassVar[int] = 1

    flags: LineFlags
    """`flags` of the description."""

    style_nseg: U8 | None
    """`style_nseg` of the description."""

    style: list[I32] | None
    """`style` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            (flags,) = _LINE_ATTR.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((1, "flags")) from None
        reader.at += 1
        style_nseg: U8 | None = None
        if flags & 0x8:  # STYLED
            style_nseg = reader.number("<B", "style_nseg")
        style: list[I32] | None = None
        if flags & 0x8:  # STYLED
            style = reader.pointer_array(reader.number("<I", "style"), 4, (style_nseg or 0) * 4, lambda at: at.numbers("<i", (style_nseg or 0)), "style")
        return cls(LINE_FLAGS_BY_NUMBER[flags], style_nseg, style)

    def measure(self, measure: Measure) -> int:
        size = 1
        if int(self.flags) & 0x8:  # STYLED
            if self.style_nseg is None:
                raise measure.disagree("u1")
            size += 1
        elif self.style_nseg is not None:
            raise measure.disagree("u1")
        if int(self.flags) & 0x8:  # STYLED
            size += 4
            if self.style is not None:
                measure.exactly(len(self.style), (self.style_nseg or 0), "style")
                measure.target(len(self.style) * 4)
            else:
                measure.null_array((self.style_nseg or 0) * 4, "style")
        elif self.style is not None:
            raise measure.disagree("u2")
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _LINE_ATTR.pack(self.flags)
        if self.style_nseg is not None:
            writer.number("<B", self.style_nseg)
        if int(self.flags) & 0x8:  # STYLED
            if self.style is not None:
                writer.pointer(len(out), pack_numbers("<i", self.style))
            out += bytes(4)


@dataclass(slots=True, repr=False)
class RasterGlyph(Structure):
    """At least 12 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 12

    origin: Point
    """`origin` of the description."""

    width: U16
    """`width` of the description."""

    height: U16
    """`height` of the description."""

    data: Bytes
    """`data` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            origin_x, origin_y, width, height = _RASTER_GLYPH.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((8, "origin"), (10, "width"), (12, "height")) from None
        reader.at += 12
        data = reader.take(image_size(1, width, height), "data")
        return cls(Point(origin_x, origin_y), width, height, data)

    def measure(self, measure: Measure) -> int:
        size = 12
        measure.exactly(len(self.data), image_size(1, self.width, self.height), "data")
        size += len(self.data)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _RASTER_GLYPH.pack(self.origin.x, self.origin.y, self.width, self.height)
        out += self.data


@dataclass(slots=True, repr=False)
class StringURasterA1(Member):
    """For `RASTER_A1`."""

    glyphs: list[RasterGlyph]


@dataclass(slots=True, repr=False)
class StringURasterA8(Member):
    """For `RASTER_A8`."""

    glyphs: list[Point]


StringU: TypeAlias = StringURasterA1 | StringURasterA8 | None
"""The member `u` of `String`."""


@dataclass(slots=True, repr=False)
class String(Structure):
    """At least 3 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 3

    length: U16
    """`length` of the description."""

    flags: StringFlags
    """`flags` of the description."""

    u: StringU
    """`u` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            length, flags = _STRING.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((2, "length"), (3, "flags")) from None
        reader.at += 3
        u: StringU = None
        if flags & 0x1:  # RASTER_A1
            u = StringURasterA1(reader.items(RasterGlyph, length, "glyphs"))
        elif flags & 0x2:  # RASTER_A8
            u = StringURasterA8(reader.items(Point, length, "glyphs"))
        return cls(length, STRING_FLAGS_BY_NUMBER[flags], u)

    def measure(self, measure: Measure) -> int:
        size = 3
        if int(self.flags) & 0x1:  # RASTER_A1
            if not isinstance(self.u, StringURasterA1):
                raise measure.disagree("u")
            measure.exactly(len(self.u.glyphs), self.length, "glyphs")
            size += measure.items(self.u.glyphs, "glyphs")
        elif int(self.flags) & 0x2:  # RASTER_A8
            if not isinstance(self.u, StringURasterA8):
                raise measure.disagree("u")
            measure.exactly(len(self.u.glyphs), self.length, "glyphs")
            size += measure.items(self.u.glyphs, "glyphs")
        elif self.u is not None:
            raise measure.disagree("u")
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        out += _STRING.pack(self.length, self.flags)
        if isinstance(self.u, StringURasterA1):
            writer.items(self.u.glyphs)
        elif isinstance(self.u, StringURasterA8):
            writer.items(self.u.glyphs)


@dataclass(slots=True, repr=False)
class Draw(Structure):
    """At least 38 bytes on the wire."""

    MIN_SIZE: ClassVar[int] = 38

    src_bitmap: Image | None
    """`src_bitmap` of the description."""

    mask: Image
    """`mask` of the description."""

    attr: LineAttr
    """`attr` of the description."""

    str: String
    """`str` of the description."""

    numbers: list[U32]
    """`numbers` of the description."""

    more: list[U16]
    """`more` of the description."""

    name: Bytes | None
    """`name` of the description."""

    hash: Bytes
    """`hash` of the description."""

    rest: Bytes
    """`rest` of the description."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            src_bitmap, mask = _DRAW.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "src_bitmap"), (8, "mask")) from None
        reader.at += 8
        src_bitmap = reader.pointer(src_bitmap, 8, Image.read, "src_bitmap")
        mask = reader.required(mask, 4, Image.read, "mask")
        attr = reader.field(LineAttr.read, "attr")
        try:
            str, words, numbers = _DRAW_2.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "str"), (5, "words"), (9, "numbers")) from None
        reader.at += 9
        str = reader.required(str, 9, String.read, "str")
        numbers = reader.required(numbers, 4, lambda at: at.numbers("<I", words), "numbers")
        more = reader.numbers("<H", words, "more")
        try:
            name, hash = _DRAW_3.unpack_from(reader.data, reader.at)
        except StructError:
            raise reader.short((4, "name"), (20, "hash")) from None
        reader.at += 20
        name = reader.pointer_array(name, 20, 0, Reader.c_string, "name")
        rest_ = reader.rest()
        return cls(src_bitmap, mask, attr, str, numbers, more, name, hash, rest_)

    def measure(self, measure: Measure) -> int:
        size = 37
        if self.src_bitmap is not None:
            measure.target(measure.field(self.src_bitmap, "src_bitmap"))
        measure.required(measure.field(self.mask, "mask"), "mask")
        size += measure.field(self.attr, "attr")
        measure.required(measure.field(self.str, "str"), "str")
        measure.at_most(len(self.numbers), 0xFF, "numbers")
        measure.required(len(self.numbers) * 4, "numbers")
        measure.exactly(len(self.more), len(self.numbers), "more")
        size += len(self.more) * 2
        if self.name is not None:
            measure.target(len(self.name) + 1)
        measure.exactly(len(self.hash), 16, "hash")
        size += len(self.rest)
        return size

    def write(self, writer: Writer) -> None:
        out = writer.out
        place = len(out)
        out += _DRAW.pack(0, 0)
        writer.pointer(place, self.src_bitmap)
        writer.pointer(place + 4, self.mask)
        self.attr.write(writer)
        place = len(out)
        out += _DRAW_2.pack(0, len(self.numbers), 0)
        writer.pointer(place, self.str)
        writer.pointer(place + 5, pack_numbers("<I", self.numbers))
        writer.numbers("<H", self.more)
        place = len(out)
        out += _DRAW_3.pack(0, bytes(self.hash))
        if self.name is not None:
            writer.pointer(place, bytes(self.name) + b"\0")
        out += self.rest
