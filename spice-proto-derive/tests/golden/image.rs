::spice_proto::wire::open_enum! {
    /// Any value may occur; those with a name are constants.
    pub struct ImageType: u8 {
        /// `BITMAP` of the description.
        BITMAP = 0, "BITMAP";
        /// `QUIC` of the description.
        QUIC = 1, "QUIC";
        /// `SURFACE` of the description.
        SURFACE = 104, "SURFACE";
        /// `LZ4` of the description.
        LZ4 = 105, "LZ4";
    }
}
::spice_proto::wire::open_flags! {
    /// Unknown bits are kept.
    pub struct BitmapFlags: u8 {
        /// `PAL_CACHE_ME` of the description.
        PAL_CACHE_ME = 0x1;
        /// `PAL_FROM_CACHE` of the description.
        PAL_FROM_CACHE = 0x2;
        /// `TOP_DOWN` of the description.
        TOP_DOWN = 0x4;
    }
}
::spice_proto::wire::open_flags! {
    /// Unknown bits are kept.
    pub struct LineFlags: u8 {
        /// `STYLED` of the description.
        STYLED = 0x8;
    }
}
::spice_proto::wire::open_flags! {
    /// Unknown bits are kept.
    pub struct StringFlags: u8 {
        /// `RASTER_A1` of the description.
        RASTER_A1 = 0x1;
        /// `RASTER_A8` of the description.
        RASTER_A8 = 0x2;
    }
}
/// Part of [`RasterGlyph`](struct@RasterGlyph), [`String`](struct@String).
///
/// 8 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Point {
    /// `x` of the description.
    pub x: i32,
    /// `y` of the description.
    pub y: i32,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Point {
    /// Reads the structure from its bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[doc(hidden)]
    pub fn from_wire(block: &[u8; 8]) -> Self {
        let x = ::spice_proto::wire::le::<i32>(block, 0);
        let y = ::spice_proto::wire::le::<i32>(block, 4);
        Self { x, y }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Point {
    const MIN_SIZE: usize = 8;
    const FIXED: bool = true;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        match reader.block() {
            Some(block) => Ok(Self::from_wire(block)),
            None => Err(reader.short(&NAMES, &[(4, field::X), (8, field::Y)])),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Point {
    /// Writes the structure to the start of a block.
    #[inline]
    #[doc(hidden)]
    pub fn to_wire(&self, block: &mut [u8]) {
        ::spice_proto::wire::put_le(block, 0, self.x);
        ::spice_proto::wire::put_le(block, 4, self.y);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Point {
    #[inline]
    fn wire_len(&self) -> usize {
        8
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(8);
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut block = [0; 8];
        self.to_wire(&mut block);
        writer.put(&block);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Point {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Point").field("x", &self.x).field("y", &self.y).finish()
    }
}
/// Part of [`BitmapData`](struct@BitmapData).
///
/// At least 10 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Palette<'a> {
    /// `unique` of the description.
    pub unique: u64,
    /// `ents` of the description.
    pub ents: ::spice_proto::wire::List<'a, u32>,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Palette<'a> {
    const MIN_SIZE: usize = 10;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<10>() else {
            return Err(
                reader.short(&NAMES, &[(8, field::UNIQUE), (10, field::NUM_ENTS)]),
            );
        };
        let unique = ::spice_proto::wire::le::<u64>(block, 0);
        let num_ents: u16 = ::spice_proto::wire::le::<u16>(block, 8);
        let ents = {
            let read = reader.list::<u32>(u64::from(num_ents));
            reader.named(read, &NAMES, field::ENTS)?
        };
        Ok(Self { unique, ents })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Palette<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        10 + self.ents.wire_len()
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(10);
        ::spice_proto::wire::Measure::at_most(
            self.ents.len(),
            65535,
            &NAMES,
            field::ENTS,
        )?;
        measure.list(&self.ents, &NAMES, field::ENTS)?;
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 10];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(block, 0, self.unique);
        ::spice_proto::wire::put_le(block, 8, self.ents.len() as u16);
        writer.put(block);
        self.ents.write(writer);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Palette<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Palette")
            .field("unique", &self.unique)
            .field("ents", &self.ents)
            .finish()
    }
}
/// Part of [`Image`](struct@Image).
///
/// At least 4 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct BinaryData<'a> {
    /// `data` of the description.
    pub data: &'a [u8],
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for BinaryData<'a> {
    const MIN_SIZE: usize = 4;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<4>() else {
            return Err(reader.short(&NAMES, &[(4, field::DATA_SIZE)]));
        };
        let data_size: u32 = ::spice_proto::wire::le::<u32>(block, 0);
        let data = {
            let read = reader.bytes(u64::from(data_size));
            reader.named(read, &NAMES, field::DATA)?
        };
        Ok(Self { data })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for BinaryData<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        4 + self.data.len()
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(4);
        ::spice_proto::wire::Measure::at_most(
            self.data.len(),
            4294967295,
            &NAMES,
            field::DATA,
        )?;
        measure.add(self.data.len());
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 4];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(block, 0, self.data.len() as u32);
        writer.put(block);
        writer.bulk(self.data);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for BinaryData<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("BinaryData")
            .field("data", &::spice_proto::wire::Run(self.data))
            .finish()
    }
}
/// Part of [`Image`](struct@Image).
///
/// At least 13 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct BitmapData<'a> {
    /// `flags` of the description.
    pub flags: BitmapFlags,
    /// `y` of the description.
    pub y: u32,
    /// `stride` of the description.
    pub stride: u32,
    /// `pal` of the description.
    pub pal: BitmapDataPal<'a>,
    /// `data` of the description.
    pub data: &'a [u8],
}
/// The member `pal` of `BitmapData`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum BitmapDataPal<'a> {
    /// For `PAL_FROM_CACHE`.
    PaletteId(u64),
    /// For not `PAL_FROM_CACHE`.
    Palette(Option<::spice_proto::wire::Pointer<'a, Palette<'a>>>),
    /// The selector chooses nothing: no bytes.
    Absent,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for BitmapDataPal<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            BitmapDataPal::PaletteId(value) => {
                f.debug_tuple("PaletteId").field(&(*value)).finish()
            }
            BitmapDataPal::Palette(value) => {
                f.debug_tuple("Palette").field(&(*value)).finish()
            }
            BitmapDataPal::Absent => f.write_str("Absent"),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for BitmapData<'a> {
    const MIN_SIZE: usize = 13;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<9>() else {
            return Err(
                reader
                    .short(
                        &NAMES,
                        &[(1, field::FLAGS), (5, field::Y), (9, field::STRIDE)],
                    ),
            );
        };
        let flags = BitmapFlags::from_bits_retain(::spice_proto::wire::le(block, 0));
        let y = ::spice_proto::wire::le::<u32>(block, 1);
        let stride = ::spice_proto::wire::le::<u32>(block, 5);
        let pal = if flags.contains(BitmapFlags::PAL_FROM_CACHE) {
            BitmapDataPal::PaletteId({
                let Some(block) = reader.block::<8>() else {
                    return Err(reader.short(&NAMES, &[(8, field::PALETTE_ID)]));
                };
                ::spice_proto::wire::le::<u64>(block, 0)
            })
        } else if !flags.contains(BitmapFlags::PAL_FROM_CACHE) {
            BitmapDataPal::Palette({
                let Some(block) = reader.block::<4>() else {
                    return Err(reader.short(&NAMES, &[(4, field::PALETTE)]));
                };
                {
                    let read = reader
                        .pointer::<
                            Palette<'_>,
                        >(::spice_proto::wire::le::<u32>(block, 0), 4);
                    reader.named(read, &NAMES, field::PALETTE)?
                }
            })
        } else {
            BitmapDataPal::Absent
        };
        let data = {
            let read = reader
                .bytes(
                    ::spice_proto::wire::image_size(8, u64::from(stride), u64::from(y)),
                );
            reader.named(read, &NAMES, field::DATA)?
        };
        Ok(Self {
            flags,
            y,
            stride,
            pal,
            data,
        })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for BitmapData<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        9
            + match &self.pal {
                BitmapDataPal::PaletteId(_) => 8,
                BitmapDataPal::Palette(_) => 4,
                BitmapDataPal::Absent => 0,
            } + self.data.len()
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(9);
        let says = if self.flags.contains(BitmapFlags::PAL_FROM_CACHE) {
            0
        } else if !self.flags.contains(BitmapFlags::PAL_FROM_CACHE) {
            1
        } else {
            2
        };
        let is = match self.pal {
            BitmapDataPal::PaletteId(_) => 0,
            BitmapDataPal::Palette(_) => 1,
            BitmapDataPal::Absent => 2,
        };
        if says != is {
            return Err(::spice_proto::wire::Measure::selector(&NAMES, field::PAL));
        }
        match &self.pal {
            BitmapDataPal::PaletteId(_) => {
                measure.add(8);
            }
            BitmapDataPal::Palette(value) => {
                measure.add(4);
                if let Some(target) = value {
                    measure.field(target, &NAMES, field::PALETTE)?;
                }
            }
            BitmapDataPal::Absent => {}
        }
        ::spice_proto::wire::Measure::exactly(
            self.data.len(),
            ::spice_proto::wire::image_size(
                8,
                u64::from(self.stride),
                u64::from(self.y),
            ),
            &NAMES,
            field::DATA,
        )?;
        measure.add(self.data.len());
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 9];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(block, 0, self.flags.bits());
        ::spice_proto::wire::put_le(block, 1, self.y);
        ::spice_proto::wire::put_le(block, 5, self.stride);
        writer.put(block);
        match &self.pal {
            BitmapDataPal::PaletteId(value) => {
                let mut bytes = [0; 8];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(block, 0, *value);
                writer.put(block);
            }
            BitmapDataPal::Palette(value) => {
                let mut bytes = [0; 4];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(
                    block,
                    0,
                    writer
                        .allot(
                            (*value)
                                .as_ref()
                                .map_or(
                                    0,
                                    |target| ::spice_proto::wire::Encode::wire_len(target),
                                ),
                        ),
                );
                writer.put(block);
            }
            BitmapDataPal::Absent => {}
        }
        writer.bulk(self.data);
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        1
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match &self.pal {
            BitmapDataPal::PaletteId(_) => {}
            BitmapDataPal::Palette(value) => {
                if let Some(target) = value {
                    if depth == 0 {
                        ::spice_proto::wire::Encode::write(target, writer);
                    }
                }
            }
            BitmapDataPal::Absent => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for BitmapData<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("BitmapData")
            .field("flags", &self.flags)
            .field("y", &self.y)
            .field("stride", &self.stride)
            .field("pal", &self.pal)
            .field("data", &::spice_proto::wire::Run(self.data))
            .finish()
    }
}
/// Part of [`Image`](struct@Image).
///
/// 9 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct ImageDescriptor {
    /// `id` of the description.
    pub id: u64,
    /// `type` of the description.
    pub type_: ImageType,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ImageDescriptor {
    /// Reads the structure from its bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[doc(hidden)]
    pub fn from_wire(block: &[u8; 9]) -> Self {
        let id = ::spice_proto::wire::le::<u64>(block, 0);
        let type_ = ImageType(::spice_proto::wire::le(block, 8));
        Self { id, type_ }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for ImageDescriptor {
    const MIN_SIZE: usize = 9;
    const FIXED: bool = true;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        match reader.block() {
            Some(block) => Ok(Self::from_wire(block)),
            None => Err(reader.short(&NAMES, &[(8, field::ID), (9, field::TYPE)])),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ImageDescriptor {
    /// Writes the structure to the start of a block.
    #[inline]
    #[doc(hidden)]
    pub fn to_wire(&self, block: &mut [u8]) {
        ::spice_proto::wire::put_le(block, 0, self.id);
        ::spice_proto::wire::put_le(block, 8, self.type_.0);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for ImageDescriptor {
    #[inline]
    fn wire_len(&self) -> usize {
        9
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(9);
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut block = [0; 9];
        self.to_wire(&mut block);
        writer.put(&block);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for ImageDescriptor {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("ImageDescriptor")
            .field("id", &self.id)
            .field("type", &self.type_)
            .finish()
    }
}
/// Part of [`Image`](struct@Image).
///
/// 4 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Surface {
    /// `surface_id` of the description.
    pub surface_id: u32,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Surface {
    /// Reads the structure from its bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[doc(hidden)]
    pub fn from_wire(block: &[u8; 4]) -> Self {
        let surface_id = ::spice_proto::wire::le::<u32>(block, 0);
        Self { surface_id }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Surface {
    const MIN_SIZE: usize = 4;
    const FIXED: bool = true;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        match reader.block() {
            Some(block) => Ok(Self::from_wire(block)),
            None => Err(reader.short(&NAMES, &[(4, field::SURFACE_ID)])),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Surface {
    /// Writes the structure to the start of a block.
    #[inline]
    #[doc(hidden)]
    pub fn to_wire(&self, block: &mut [u8]) {
        ::spice_proto::wire::put_le(block, 0, self.surface_id);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Surface {
    #[inline]
    fn wire_len(&self) -> usize {
        4
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(4);
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut block = [0; 4];
        self.to_wire(&mut block);
        writer.put(&block);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Surface {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Surface").field("surface_id", &self.surface_id).finish()
    }
}
/// Part of [`Draw`](struct@Draw).
///
/// At least 9 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Image<'a> {
    /// `descriptor` of the description.
    pub descriptor: ImageDescriptor,
    /// `u` of the description.
    pub u: ImageU<'a>,
}
/// The member `u` of `Image`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum ImageU<'a> {
    /// For `BITMAP`.
    Bitmap(BitmapData<'a>),
    /// For `QUIC` or `LZ4`.
    Compressed(BinaryData<'a>),
    /// For `SURFACE`.
    Surface(Surface),
    /// The selector chooses nothing: no bytes.
    Absent,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for ImageU<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            ImageU::Bitmap(value) => f.debug_tuple("Bitmap").field(&(*value)).finish(),
            ImageU::Compressed(value) => {
                f.debug_tuple("Compressed").field(&(*value)).finish()
            }
            ImageU::Surface(value) => f.debug_tuple("Surface").field(&(*value)).finish(),
            ImageU::Absent => f.write_str("Absent"),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Image<'a> {
    const MIN_SIZE: usize = 9;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<9>() else {
            return Err(reader.short(&NAMES, &[(9, field::DESCRIPTOR)]));
        };
        let descriptor = ImageDescriptor::from_wire(::spice_proto::wire::part(block, 0));
        let u = match descriptor.type_ {
            ImageType::BITMAP => {
                ImageU::Bitmap(reader.field::<BitmapData<'_>>(&NAMES, field::BITMAP)?)
            }
            ImageType::QUIC | ImageType::LZ4 => {
                ImageU::Compressed(
                    reader.field::<BinaryData<'_>>(&NAMES, field::COMPRESSED)?,
                )
            }
            ImageType::SURFACE => {
                ImageU::Surface(reader.field::<Surface>(&NAMES, field::SURFACE)?)
            }
            _ => ImageU::Absent,
        };
        Ok(Self { descriptor, u })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Image<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        9
            + match &self.u {
                ImageU::Bitmap(value) => ::spice_proto::wire::Encode::wire_len(value),
                ImageU::Compressed(value) => ::spice_proto::wire::Encode::wire_len(value),
                ImageU::Surface(_) => 4,
                ImageU::Absent => 0,
            }
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(9);
        let says = match self.descriptor.type_ {
            ImageType::BITMAP => 0,
            ImageType::QUIC | ImageType::LZ4 => 1,
            ImageType::SURFACE => 2,
            _ => 3,
        };
        let is = match self.u {
            ImageU::Bitmap(_) => 0,
            ImageU::Compressed(_) => 1,
            ImageU::Surface(_) => 2,
            ImageU::Absent => 3,
        };
        if says != is {
            return Err(::spice_proto::wire::Measure::selector(&NAMES, field::U));
        }
        match &self.u {
            ImageU::Bitmap(value) => {
                measure.field(value, &NAMES, field::BITMAP)?;
            }
            ImageU::Compressed(value) => {
                measure.field(value, &NAMES, field::COMPRESSED)?;
            }
            ImageU::Surface(_) => {
                measure.add(4);
            }
            ImageU::Absent => {}
        }
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 9];
        let block = &mut bytes;
        self.descriptor.to_wire(::spice_proto::wire::part_mut(block, 0));
        writer.put(block);
        match &self.u {
            ImageU::Bitmap(value) => {
                ::spice_proto::wire::Encode::write(value, writer);
            }
            ImageU::Compressed(value) => {
                ::spice_proto::wire::Encode::write(value, writer);
            }
            ImageU::Surface(value) => {
                let mut bytes = [0; 4];
                let block = &mut bytes;
                (*value).to_wire(::spice_proto::wire::part_mut(block, 0));
                writer.put(block);
            }
            ImageU::Absent => {}
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        1
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match &self.u {
            ImageU::Bitmap(value) => {
                ::spice_proto::wire::Encode::write_targets(value, depth, writer);
            }
            ImageU::Compressed(_) => {}
            ImageU::Surface(_) => {}
            ImageU::Absent => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Image<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Image")
            .field("descriptor", &self.descriptor)
            .field("u", &self.u)
            .finish()
    }
}
/// Part of [`Draw`](struct@Draw).
///
/// At least 1 byte on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct LineAttr<'a> {
    /// `flags` of the description.
    pub flags: LineFlags,
    /// `style_nseg` of the description.
    pub style_nseg: Option<u8>,
    /// `style` of the description.
    pub style: Option<Option<::spice_proto::wire::List<'a, i32>>>,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for LineAttr<'a> {
    const MIN_SIZE: usize = 1;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<1>() else {
            return Err(reader.short(&NAMES, &[(1, field::FLAGS)]));
        };
        let flags = LineFlags::from_bits_retain(::spice_proto::wire::le(block, 0));
        let style_nseg = if flags.contains(LineFlags::STYLED) {
            Some({
                let Some(block) = reader.block::<1>() else {
                    return Err(reader.short(&NAMES, &[(1, field::STYLE_NSEG)]));
                };
                ::spice_proto::wire::le::<u8>(block, 0)
            })
        } else {
            None
        };
        let style = if flags.contains(LineFlags::STYLED) {
            Some({
                let Some(block) = reader.block::<4>() else {
                    return Err(reader.short(&NAMES, &[(4, field::STYLE)]));
                };
                {
                    let read = {
                        reader
                            .pointer_array(
                                ::spice_proto::wire::le::<u32>(block, 0),
                                4,
                                style_nseg.map_or(0, u64::from),
                                4,
                                |reader| reader.list::<i32>(style_nseg.map_or(0, u64::from)),
                            )
                    };
                    reader.named(read, &NAMES, field::STYLE)?
                }
            })
        } else {
            None
        };
        Ok(Self { flags, style_nseg, style })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for LineAttr<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        1
            + match &self.style_nseg {
                Some(_) => 1,
                None => 0,
            }
            + match &self.style {
                Some(_) => 4,
                None => 0,
            }
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(1);
        let says = if self.flags.contains(LineFlags::STYLED) { true } else { false };
        let is = self.style_nseg.is_some();
        if says != is {
            return Err(::spice_proto::wire::Measure::selector(&NAMES, field::U1));
        }
        match &self.style_nseg {
            Some(_) => {
                measure.add(1);
            }
            None => {}
        }
        let says = if self.flags.contains(LineFlags::STYLED) { true } else { false };
        let is = self.style.is_some();
        if says != is {
            return Err(::spice_proto::wire::Measure::selector(&NAMES, field::U2));
        }
        match &self.style {
            Some(value) => {
                measure.add(4);
                if let Some(target) = value {
                    ::spice_proto::wire::Measure::exactly(
                        (*target).len(),
                        self.style_nseg.map_or(0, u64::from),
                        &NAMES,
                        field::STYLE,
                    )?;
                    measure.list(&(*target), &NAMES, field::STYLE)?;
                } else {
                    measure
                        .null_array(
                            self.style_nseg.map_or(0, u64::from),
                            4,
                            &NAMES,
                            field::STYLE,
                        );
                }
            }
            None => {}
        }
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 1];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(block, 0, self.flags.bits());
        writer.put(block);
        match &self.style_nseg {
            Some(value) => {
                let mut bytes = [0; 1];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(block, 0, *value);
                writer.put(block);
            }
            None => {}
        }
        match &self.style {
            Some(value) => {
                let mut bytes = [0; 4];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(
                    block,
                    0,
                    writer
                        .allot(
                            (*value).as_ref().map_or(0, |target| (*target).wire_len()),
                        ),
                );
                writer.put(block);
            }
            None => {}
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        1
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match &self.style {
            Some(value) => {
                if let Some(target) = value {
                    if depth == 0 {
                        (*target).write(writer);
                    }
                }
            }
            None => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for LineAttr<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("LineAttr")
            .field("flags", &self.flags)
            .field("style_nseg", &self.style_nseg)
            .field("style", &self.style)
            .finish()
    }
}
/// Part of [`String`](struct@String).
///
/// At least 12 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct RasterGlyph<'a> {
    /// `origin` of the description.
    pub origin: Point,
    /// `width` of the description.
    pub width: u16,
    /// `height` of the description.
    pub height: u16,
    /// `data` of the description.
    pub data: &'a [u8],
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for RasterGlyph<'a> {
    const MIN_SIZE: usize = 12;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<12>() else {
            return Err(
                reader
                    .short(
                        &NAMES,
                        &[(8, field::ORIGIN), (10, field::WIDTH), (12, field::HEIGHT)],
                    ),
            );
        };
        let origin = Point::from_wire(::spice_proto::wire::part(block, 0));
        let width = ::spice_proto::wire::le::<u16>(block, 8);
        let height = ::spice_proto::wire::le::<u16>(block, 10);
        let data = {
            let read = reader
                .bytes(
                    ::spice_proto::wire::image_size(
                        1,
                        u64::from(width),
                        u64::from(height),
                    ),
                );
            reader.named(read, &NAMES, field::DATA)?
        };
        Ok(Self {
            origin,
            width,
            height,
            data,
        })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for RasterGlyph<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        12 + self.data.len()
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(12);
        ::spice_proto::wire::Measure::exactly(
            self.data.len(),
            ::spice_proto::wire::image_size(
                1,
                u64::from(self.width),
                u64::from(self.height),
            ),
            &NAMES,
            field::DATA,
        )?;
        measure.add(self.data.len());
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 12];
        let block = &mut bytes;
        self.origin.to_wire(::spice_proto::wire::part_mut(block, 0));
        ::spice_proto::wire::put_le(block, 8, self.width);
        ::spice_proto::wire::put_le(block, 10, self.height);
        writer.put(block);
        writer.bulk(self.data);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for RasterGlyph<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("RasterGlyph")
            .field("origin", &self.origin)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("data", &::spice_proto::wire::Run(self.data))
            .finish()
    }
}
/// Part of [`Draw`](struct@Draw).
///
/// At least 3 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct String<'a> {
    /// `length` of the description.
    pub length: u16,
    /// `flags` of the description.
    pub flags: StringFlags,
    /// `u` of the description.
    pub u: StringU<'a>,
}
/// The member `u` of `String`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum StringU<'a> {
    /// For `RASTER_A1`.
    RasterA1(::spice_proto::wire::List<'a, RasterGlyph<'a>>),
    /// For `RASTER_A8`.
    RasterA8(::spice_proto::wire::List<'a, Point>),
    /// The selector chooses nothing: no bytes.
    Absent,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for StringU<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            StringU::RasterA1(value) => {
                f.debug_tuple("RasterA1").field(&(*value)).finish()
            }
            StringU::RasterA8(value) => {
                f.debug_tuple("RasterA8").field(&(*value)).finish()
            }
            StringU::Absent => f.write_str("Absent"),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for String<'a> {
    const MIN_SIZE: usize = 3;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<3>() else {
            return Err(reader.short(&NAMES, &[(2, field::LENGTH), (3, field::FLAGS)]));
        };
        let length = ::spice_proto::wire::le::<u16>(block, 0);
        let flags = StringFlags::from_bits_retain(::spice_proto::wire::le(block, 2));
        let u = if flags.contains(StringFlags::RASTER_A1) {
            StringU::RasterA1({
                let read = reader.list::<RasterGlyph<'a>>(u64::from(length));
                reader.named(read, &NAMES, field::GLYPHS)?
            })
        } else if flags.contains(StringFlags::RASTER_A8) {
            StringU::RasterA8({
                let read = reader.list::<Point>(u64::from(length));
                reader.named(read, &NAMES, field::GLYPHS)?
            })
        } else {
            StringU::Absent
        };
        Ok(Self { length, flags, u })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for String<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        3
            + match &self.u {
                StringU::RasterA1(value) => (*value).wire_len(),
                StringU::RasterA8(value) => (*value).wire_len(),
                StringU::Absent => 0,
            }
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(3);
        let says = if self.flags.contains(StringFlags::RASTER_A1) {
            0
        } else if self.flags.contains(StringFlags::RASTER_A8) {
            1
        } else {
            2
        };
        let is = match self.u {
            StringU::RasterA1(_) => 0,
            StringU::RasterA8(_) => 1,
            StringU::Absent => 2,
        };
        if says != is {
            return Err(::spice_proto::wire::Measure::selector(&NAMES, field::U));
        }
        match &self.u {
            StringU::RasterA1(value) => {
                ::spice_proto::wire::Measure::exactly(
                    (*value).len(),
                    u64::from(self.length),
                    &NAMES,
                    field::GLYPHS,
                )?;
                measure.list(&(*value), &NAMES, field::GLYPHS)?;
            }
            StringU::RasterA8(value) => {
                ::spice_proto::wire::Measure::exactly(
                    (*value).len(),
                    u64::from(self.length),
                    &NAMES,
                    field::GLYPHS,
                )?;
                measure.list(&(*value), &NAMES, field::GLYPHS)?;
            }
            StringU::Absent => {}
        }
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 3];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(block, 0, self.length);
        ::spice_proto::wire::put_le(block, 2, self.flags.bits());
        writer.put(block);
        match &self.u {
            StringU::RasterA1(value) => {
                (*value).write(writer);
            }
            StringU::RasterA8(value) => {
                (*value).write(writer);
            }
            StringU::Absent => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for String<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("String")
            .field("length", &self.length)
            .field("flags", &self.flags)
            .field("u", &self.u)
            .finish()
    }
}
/// At least 38 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Draw<'a> {
    /// `src_bitmap` of the description.
    pub src_bitmap: Option<::spice_proto::wire::Pointer<'a, Image<'a>>>,
    /// `mask` of the description.
    pub mask: ::spice_proto::wire::Pointer<'a, Image<'a>>,
    /// `attr` of the description.
    pub attr: LineAttr<'a>,
    /// `str` of the description.
    pub str: ::spice_proto::wire::Pointer<'a, String<'a>>,
    /// `numbers` of the description.
    pub numbers: ::spice_proto::wire::List<'a, u32>,
    /// `more` of the description.
    pub more: ::spice_proto::wire::List<'a, u16>,
    /// `name` of the description.
    pub name: Option<&'a [u8]>,
    /// `hash` of the description.
    pub hash: &'a [u8; 16],
    /// `rest` of the description.
    pub rest: &'a [u8],
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Draw<'a> {
    const MIN_SIZE: usize = 38;
    const FIXED: bool = false;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        let Some(block) = reader.block::<8>() else {
            return Err(
                reader.short(&NAMES, &[(4, field::SRC_BITMAP), (8, field::MASK)]),
            );
        };
        let src_bitmap = {
            let read = reader
                .pointer::<Image<'_>>(::spice_proto::wire::le::<u32>(block, 0), 8);
            reader.named(read, &NAMES, field::SRC_BITMAP)?
        };
        let mask = {
            let read = reader
                .required::<Image<'_>>(::spice_proto::wire::le::<u32>(block, 4), 4);
            reader.named(read, &NAMES, field::MASK)?
        };
        let attr = reader.field::<LineAttr<'_>>(&NAMES, field::ATTR)?;
        let Some(block) = reader.block::<9>() else {
            return Err(
                reader
                    .short(
                        &NAMES,
                        &[(4, field::STR), (5, field::WORDS), (9, field::NUMBERS)],
                    ),
            );
        };
        let str = {
            let read = reader
                .required::<String<'_>>(::spice_proto::wire::le::<u32>(block, 0), 9);
            reader.named(read, &NAMES, field::STR)?
        };
        let words: u8 = ::spice_proto::wire::le::<u8>(block, 4);
        let numbers = {
            let read = {
                reader
                    .required_array(
                        ::spice_proto::wire::le::<u32>(block, 5),
                        4,
                        |reader| reader.list::<u32>(u64::from(words)),
                    )
            };
            reader.named(read, &NAMES, field::NUMBERS)?
        };
        let more = {
            let read = reader.list::<u16>(u64::from(words));
            reader.named(read, &NAMES, field::MORE)?
        };
        let Some(block) = reader.block::<20>() else {
            return Err(reader.short(&NAMES, &[(4, field::NAME), (20, field::HASH)]));
        };
        let name = {
            let read = reader
                .pointer_array(
                    ::spice_proto::wire::le::<u32>(block, 0),
                    20,
                    0,
                    1,
                    |reader| reader.c_string(),
                );
            reader.named(read, &NAMES, field::NAME)?
        };
        let hash = ::spice_proto::wire::part(block, 4);
        let rest = reader.rest();
        Ok(Self {
            src_bitmap,
            mask,
            attr,
            str,
            numbers,
            more,
            name,
            hash,
            rest,
        })
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Draw<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        37 + ::spice_proto::wire::Encode::wire_len(&self.attr) + self.more.wire_len()
            + self.rest.len()
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(37);
        if let Some(target) = &self.src_bitmap {
            measure.field(target, &NAMES, field::SRC_BITMAP)?;
        }
        measure.field(&self.mask, &NAMES, field::MASK)?;
        ::spice_proto::wire::Measure::target(
            ::spice_proto::wire::Encode::wire_len(&self.mask),
            &NAMES,
            field::MASK,
        )?;
        measure.field(&self.attr, &NAMES, field::ATTR)?;
        measure.field(&self.str, &NAMES, field::STR)?;
        ::spice_proto::wire::Measure::target(
            ::spice_proto::wire::Encode::wire_len(&self.str),
            &NAMES,
            field::STR,
        )?;
        ::spice_proto::wire::Measure::at_most(
            self.numbers.len(),
            255,
            &NAMES,
            field::NUMBERS,
        )?;
        measure.list(&self.numbers, &NAMES, field::NUMBERS)?;
        ::spice_proto::wire::Measure::target(
            self.numbers.wire_len(),
            &NAMES,
            field::NUMBERS,
        )?;
        ::spice_proto::wire::Measure::exactly(
            self.more.len(),
            u64::from(self.numbers.len() as u8),
            &NAMES,
            field::MORE,
        )?;
        measure.list(&self.more, &NAMES, field::MORE)?;
        if let Some(target) = &self.name {
            measure.add((*target).len());
            measure.add(1);
        }
        measure.add(self.rest.len());
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut bytes = [0; 8];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(
            block,
            0,
            writer
                .allot(
                    self
                        .src_bitmap
                        .as_ref()
                        .map_or(
                            0,
                            |target| ::spice_proto::wire::Encode::wire_len(target),
                        ),
                ),
        );
        ::spice_proto::wire::put_le(
            block,
            4,
            writer.allot(::spice_proto::wire::Encode::wire_len(&self.mask)),
        );
        writer.put(block);
        ::spice_proto::wire::Encode::write(&self.attr, writer);
        let mut bytes = [0; 9];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(
            block,
            0,
            writer.allot(::spice_proto::wire::Encode::wire_len(&self.str)),
        );
        ::spice_proto::wire::put_le(block, 4, self.numbers.len() as u8);
        ::spice_proto::wire::put_le(block, 5, writer.allot(self.numbers.wire_len()));
        writer.put(block);
        self.more.write(writer);
        let mut bytes = [0; 20];
        let block = &mut bytes;
        ::spice_proto::wire::put_le(
            block,
            0,
            writer.allot(self.name.as_ref().map_or(0, |target| (*target).len() + 1)),
        );
        ::spice_proto::wire::put_bytes(block, 4, self.hash);
        writer.put(block);
        writer.bulk(self.rest);
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        2
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        if let Some(target) = &self.src_bitmap {
            if depth == 0 {
                ::spice_proto::wire::Encode::write(target, writer);
            } else {
                ::spice_proto::wire::Encode::write_targets(target, depth - 1, writer);
            }
        }
        if depth == 0 {
            ::spice_proto::wire::Encode::write(&self.mask, writer);
        } else {
            ::spice_proto::wire::Encode::write_targets(&self.mask, depth - 1, writer);
        }
        ::spice_proto::wire::Encode::write_targets(&self.attr, depth, writer);
        if depth == 0 {
            ::spice_proto::wire::Encode::write(&self.str, writer);
        }
        if depth == 0 {
            self.numbers.write(writer);
        }
        if let Some(target) = &self.name {
            if depth == 0 {
                writer.bulk((*target));
                writer.put(&[0]);
            }
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Draw<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Draw")
            .field("src_bitmap", &self.src_bitmap)
            .field("mask", &self.mask)
            .field("attr", &self.attr)
            .field("str", &self.str)
            .field("numbers", &self.numbers)
            .field("more", &self.more)
            .field(
                "name",
                &self.name.as_ref().map(|value| ::spice_proto::wire::Run((*value))),
            )
            .field("hash", &::spice_proto::wire::Run(self.hash))
            .field("rest", &::spice_proto::wire::Run(self.rest))
            .finish()
    }
}
/// The field names that errors print.
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub(crate) static NAMES: ::spice_proto::wire::Names = ::spice_proto::wire::Names(
    &[
        "x",
        "y",
        "unique",
        "num_ents",
        "ents",
        "data_size",
        "data",
        "flags",
        "stride",
        "palette_id",
        "palette",
        "pal",
        "id",
        "type",
        "surface_id",
        "descriptor",
        "bitmap",
        "compressed",
        "surface",
        "u",
        "style_nseg",
        "style",
        "u1",
        "u2",
        "origin",
        "width",
        "height",
        "length",
        "glyphs",
        "src_bitmap",
        "mask",
        "attr",
        "str",
        "words",
        "numbers",
        "more",
        "name",
        "hash",
    ],
);
/// Their places in [`NAMES`].
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
mod field {
    use ::spice_proto::wire::Field;
    pub(super) const X: Field = Field(0);
    pub(super) const Y: Field = Field(1);
    pub(super) const UNIQUE: Field = Field(2);
    pub(super) const NUM_ENTS: Field = Field(3);
    pub(super) const ENTS: Field = Field(4);
    pub(super) const DATA_SIZE: Field = Field(5);
    pub(super) const DATA: Field = Field(6);
    pub(super) const FLAGS: Field = Field(7);
    pub(super) const STRIDE: Field = Field(8);
    pub(super) const PALETTE_ID: Field = Field(9);
    pub(super) const PALETTE: Field = Field(10);
    pub(super) const PAL: Field = Field(11);
    pub(super) const ID: Field = Field(12);
    pub(super) const TYPE: Field = Field(13);
    pub(super) const SURFACE_ID: Field = Field(14);
    pub(super) const DESCRIPTOR: Field = Field(15);
    pub(super) const BITMAP: Field = Field(16);
    pub(super) const COMPRESSED: Field = Field(17);
    pub(super) const SURFACE: Field = Field(18);
    pub(super) const U: Field = Field(19);
    pub(super) const STYLE_NSEG: Field = Field(20);
    pub(super) const STYLE: Field = Field(21);
    pub(super) const U1: Field = Field(22);
    pub(super) const U2: Field = Field(23);
    pub(super) const ORIGIN: Field = Field(24);
    pub(super) const WIDTH: Field = Field(25);
    pub(super) const HEIGHT: Field = Field(26);
    pub(super) const LENGTH: Field = Field(27);
    pub(super) const GLYPHS: Field = Field(28);
    pub(super) const SRC_BITMAP: Field = Field(29);
    pub(super) const MASK: Field = Field(30);
    pub(super) const ATTR: Field = Field(31);
    pub(super) const STR: Field = Field(32);
    pub(super) const WORDS: Field = Field(33);
    pub(super) const NUMBERS: Field = Field(34);
    pub(super) const MORE: Field = Field(35);
    pub(super) const NAME: Field = Field(36);
    pub(super) const HASH: Field = Field(37);
}
