#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod agent {
    //! agent
    ::spice_proto::wire::open_enum! {
        /// Bits of the announcement.
        ///
        /// The number is that of a bit in the capability words.
        pub struct AgentCapability: u16 {
            /// `CLIPBOARD_SELECTION` of the description.
            CLIPBOARD_SELECTION = 6, "CLIPBOARD_SELECTION";
            /// `GRAB_SERIAL` of the description. Needs `AgentCapability.CLIPBOARD_SELECTION`.
            GRAB_SERIAL = 17, "GRAB_SERIAL";
        }
    }
    impl From<AgentCapability> for u32 {
        fn from(capability: AgentCapability) -> Self {
            capability.0.into()
        }
    }
    ::spice_proto::wire::open_enum! {
        /// Any value may occur; those with a name are constants.
        pub struct Command: u32 {
            /// `SET` of the description.
            SET = 1, "SET";
            /// `MOVE` of the description.
            MOVE = 2, "MOVE";
            /// `HIDE` of the description.
            #[deprecated = "no longer used by peers"]
            HIDE = 3, "HIDE";
        }
    }
    /// A piece of guest memory.
    ///
    /// Part of [`QxlDataChunk`](struct@QxlDataChunk).
    ///
    /// At least 20 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct QxlDataChunk<'a> {
        /// `prev_chunk` of the description.
        pub prev_chunk: ::spice_proto::wire::GuestAddress,
        /// `next_chunk` of the description.
        pub next_chunk: ::spice_proto::wire::GuestAddress,
        /// `data` of the description.
        pub data: &'a [u8],
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for QxlDataChunk<'a> {
        const MIN_SIZE: usize = 20;
        const FIXED: bool = false;
        const EXACT: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let Some(block) = reader.block::<20>() else {
                return Err(
                    reader
                        .short(
                            &super::NAMES,
                            &[
                                (4, super::field::DATA_SIZE),
                                (12, super::field::PREV_CHUNK),
                                (20, super::field::NEXT_CHUNK),
                            ],
                        ),
                );
            };
            let data_size: u32 = ::spice_proto::wire::le::<u32>(block, 0);
            let prev_chunk = ::spice_proto::wire::GuestAddress(
                ::spice_proto::wire::le(block, 4),
            );
            let next_chunk = ::spice_proto::wire::GuestAddress(
                ::spice_proto::wire::le(block, 12),
            );
            let data = {
                let read = reader.bytes(u64::from(data_size));
                reader.named(read, &super::NAMES, super::field::DATA)?
            };
            Ok(Self {
                prev_chunk,
                next_chunk,
                data,
            })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for QxlDataChunk<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            20 + self.data.len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(20);
            ::spice_proto::wire::Measure::at_most(
                self.data.len(),
                4294967295,
                &super::NAMES,
                super::field::DATA,
            )?;
            measure.add(self.data.len());
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut bytes = [0; 20];
            let block = &mut bytes;
            ::spice_proto::wire::put_le(block, 0, self.data.len() as u32);
            ::spice_proto::wire::put_le(block, 4, self.prev_chunk.0);
            ::spice_proto::wire::put_le(block, 12, self.next_chunk.0);
            writer.put(block);
            writer.bulk(self.data);
        }
    }
    impl ::core::fmt::Debug for QxlDataChunk<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("QxlDataChunk")
                .field("prev_chunk", &self.prev_chunk)
                .field("next_chunk", &self.next_chunk)
                .field("data", &::spice_proto::wire::Run(self.data))
                .finish()
        }
    }
    /// A header with its own byte order.
    ///
    /// 7 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct QuicHeader {
        /// `magic` of the description.
        pub magic: u32,
        /// `version` of the description. From 1 to 127.
        pub version: u16,
        /// `offset` of the description. From -5 to 5.
        pub offset: i8,
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for QuicHeader {
        const MIN_SIZE: usize = 7;
        const FIXED: bool = true;
        const CAN_FAIL: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let Some(block) = reader.block::<7>() else {
                return Err(
                    reader
                        .short(
                            &super::NAMES,
                            &[
                                (4, super::field::MAGIC),
                                (6, super::field::VERSION),
                                (7, super::field::OFFSET),
                            ],
                        ),
                );
            };
            let magic = ::spice_proto::wire::be::<u32>(block, 0);
            let version = ::spice_proto::wire::be::<u16>(block, 4);
            if !(1..=127).contains(&version) {
                let failed = reader
                    .fail_before(
                        3,
                        ::spice_proto::wire::ErrorKind::Value,
                        version as u64,
                        0,
                    );
                return Err(reader.within(failed, &super::NAMES, super::field::VERSION));
            }
            let offset = ::spice_proto::wire::be::<i8>(block, 6);
            if !(-5..=5).contains(&offset) {
                let failed = reader
                    .fail_before(
                        1,
                        ::spice_proto::wire::ErrorKind::Value,
                        offset as u64,
                        0,
                    );
                return Err(reader.within(failed, &super::NAMES, super::field::OFFSET));
            }
            Ok(Self { magic, version, offset })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for QuicHeader {
        #[inline]
        fn wire_len(&self) -> usize {
            7
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(7);
            if !(1..=127).contains(&self.version) {
                return Err(
                    ::spice_proto::wire::Measure::range(
                        self.version as u64,
                        &super::NAMES,
                        super::field::VERSION,
                    ),
                );
            }
            if !(-5..=5).contains(&self.offset) {
                return Err(
                    ::spice_proto::wire::Measure::range(
                        self.offset as u64,
                        &super::NAMES,
                        super::field::OFFSET,
                    ),
                );
            }
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut bytes = [0; 7];
            let block = &mut bytes;
            ::spice_proto::wire::put_be(block, 0, self.magic);
            ::spice_proto::wire::put_be(block, 4, self.version);
            ::spice_proto::wire::put_be(block, 6, self.offset);
            writer.put(block);
        }
    }
    impl ::core::fmt::Debug for QuicHeader {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("QuicHeader")
                .field("magic", &self.magic)
                .field("version", &self.version)
                .field("offset", &self.offset)
                .finish()
        }
    }
    /// Offered types.
    ///
    /// Any number of bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct ClipboardGrab<'a> {
        /// `selection` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`.
        pub selection: Option<u8>,
        /// `reserved` of the description. There only when both peers have `AgentCapability.CLIPBOARD_SELECTION`.
        pub reserved: Option<&'a [u8; 3]>,
        /// `serial` of the description. Needs `AgentCapability.GRAB_SERIAL`. There only when both peers have `AgentCapability.GRAB_SERIAL`.
        pub serial: Option<u32>,
        /// `types` of the description.
        pub types: ::spice_proto::wire::List<'a, u32>,
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for ClipboardGrab<'a> {
        const MIN_SIZE: usize = 0;
        const FIXED: bool = false;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let selection = if reader.capabilities().contains(6u32) {
                Some({
                    let Some(block) = reader.block::<1>() else {
                        return Err(
                            reader.short(&super::NAMES, &[(1, super::field::SELECTION)]),
                        );
                    };
                    ::spice_proto::wire::le::<u8>(block, 0)
                })
            } else {
                None
            };
            let reserved = if reader.capabilities().contains(6u32) {
                Some({
                    let Some(block) = reader.block::<3>() else {
                        return Err(
                            reader.short(&super::NAMES, &[(3, super::field::RESERVED)]),
                        );
                    };
                    ::spice_proto::wire::part(block, 0)
                })
            } else {
                None
            };
            let serial = if reader.capabilities().contains(17u32) {
                Some({
                    let Some(block) = reader.block::<4>() else {
                        return Err(
                            reader.short(&super::NAMES, &[(4, super::field::SERIAL)]),
                        );
                    };
                    ::spice_proto::wire::le::<u32>(block, 0)
                })
            } else {
                None
            };
            let types = reader.rest_list::<u32>();
            Ok(Self {
                selection,
                reserved,
                serial,
                types,
            })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ClipboardGrab<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            0 + self.selection.map_or(0, |_| 1) + self.reserved.map_or(0, |_| 3)
                + self.serial.map_or(0, |_| 4) + self.types.wire_len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            if let Some(_) = &self.selection {
                measure.add(1);
            }
            if let Some(_) = &self.reserved {
                measure.add(3);
            }
            if let Some(_) = &self.serial {
                measure.add(4);
            }
            measure.list(&self.types, &super::NAMES, super::field::TYPES)?;
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            if let Some(value) = &self.selection {
                let mut bytes = [0; 1];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(block, 0, *value);
                writer.put(block);
            }
            if let Some(value) = &self.reserved {
                let mut bytes = [0; 3];
                let block = &mut bytes;
                ::spice_proto::wire::put_bytes(block, 0, (*value));
                writer.put(block);
            }
            if let Some(value) = &self.serial {
                let mut bytes = [0; 4];
                let block = &mut bytes;
                ::spice_proto::wire::put_le(block, 0, *value);
                writer.put(block);
            }
            self.types.write(writer);
        }
    }
    impl ::core::fmt::Debug for ClipboardGrab<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("ClipboardGrab")
                .field("selection", &self.selection)
                .field(
                    "reserved",
                    &self
                        .reserved
                        .as_ref()
                        .map(|value| ::spice_proto::wire::Run((*value))),
                )
                .field("serial", &self.serial)
                .field("types", &self.types)
                .finish()
        }
    }
    /// Part of [`CursorCommand`](struct@CursorCommand).
    ///
    /// 10 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Set {
        /// `x` of the description.
        pub x: u16,
        /// `shape` of the description.
        pub shape: ::spice_proto::wire::GuestAddress,
    }
    impl Set {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 10]) -> Self {
            let x = ::spice_proto::wire::le::<u16>(block, 0);
            let shape = ::spice_proto::wire::GuestAddress(
                ::spice_proto::wire::le(block, 2),
            );
            Self { x, shape }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Set {
        const MIN_SIZE: usize = 10;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => {
                    Err(
                        reader
                            .short(
                                &super::NAMES,
                                &[(2, super::field::X), (10, super::field::SHAPE)],
                            ),
                    )
                }
            }
        }
    }
    impl Set {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.x);
            ::spice_proto::wire::put_le(block, 2, self.shape.0);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Set {
        #[inline]
        fn wire_len(&self) -> usize {
            10
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(10);
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut block = [0; 10];
            self.to_wire(&mut block);
            writer.put(&block);
        }
    }
    impl ::core::fmt::Debug for Set {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Set")
                .field("x", &self.x)
                .field("shape", &self.shape)
                .finish()
        }
    }
    /// At least 32 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct CursorCommand<'a> {
        /// `type` of the description.
        pub type_: Command,
        /// The union.
        pub u: CursorCommandU<'a>,
        /// `name` of the description. At most 64 elements.
        pub name: ::spice_proto::wire::Text<'a>,
        /// `password` of the description. At most 60 elements.
        pub password: ::spice_proto::wire::Text<'a>,
    }
    /// The union.
    ///
    /// The member `u` of `CursorCommand`.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum CursorCommandU<'a> {
        /// For `SET`.
        Set(Set),
        /// For `MOVE`.
        Position([u16; 2]),
        /// For anything else.
        Raw(u64),
        /// The bytes of a choice that the selector does not name.
        Other(&'a [u8; 16]),
    }
    impl ::core::fmt::Debug for CursorCommandU<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                CursorCommandU::Set(value) => {
                    f.debug_tuple("Set").field(&(*value)).finish()
                }
                CursorCommandU::Position(value) => {
                    f.debug_tuple("Position").field(&(*value)).finish()
                }
                CursorCommandU::Raw(_) => {
                    f.debug_tuple("Raw").field(&::spice_proto::wire::Hidden).finish()
                }
                CursorCommandU::Other(bytes) => {
                    f.debug_tuple("Other")
                        .field(&::spice_proto::wire::Run(*bytes))
                        .finish()
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for CursorCommand<'a> {
        const MIN_SIZE: usize = 32;
        const FIXED: bool = false;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let Some(block) = reader.block::<32>() else {
                return Err(
                    reader
                        .short(
                            &super::NAMES,
                            &[
                                (4, super::field::TYPE),
                                (20, super::field::U),
                                (24, super::field::NAME_SIZE),
                                (28, super::field::NAME),
                                (32, super::field::PASSWORD_SIZE),
                            ],
                        ),
                );
            };
            let type_ = Command(::spice_proto::wire::le(block, 0));
            let u = {
                let block = ::spice_proto::wire::part::<16>(block, 4);
                match type_ {
                    Command::SET => {
                        CursorCommandU::Set(
                            Set::from_wire(::spice_proto::wire::part(block, 0)),
                        )
                    }
                    Command::MOVE => {
                        CursorCommandU::Position(
                            ::core::array::from_fn(|index| ::spice_proto::wire::le::<
                                u16,
                            >(block, 0 + index * 2)),
                        )
                    }
                    _ => CursorCommandU::Raw(::spice_proto::wire::le::<u64>(block, 0)),
                }
            };
            let name_size: u32 = ::spice_proto::wire::le::<u32>(block, 20);
            let name = ::spice_proto::wire::Text({
                let read = {
                    if u64::from(name_size) > 64 {
                        let failed = reader
                            .fail(
                                ::spice_proto::wire::ErrorKind::Limit,
                                u64::from(name_size),
                                64,
                            );
                        return Err(
                            reader.within(failed, &super::NAMES, super::field::NAME),
                        );
                    }
                    reader
                        .required_array(
                            ::spice_proto::wire::le::<u32>(block, 24),
                            8,
                            |reader| reader.bytes(u64::from(name_size)),
                        )
                };
                reader.named(read, &super::NAMES, super::field::NAME)?
            });
            let password_size: u32 = ::spice_proto::wire::le::<u32>(block, 28);
            let password = ::spice_proto::wire::Text({
                if u64::from(password_size) > 60 {
                    let failed = reader
                        .fail(
                            ::spice_proto::wire::ErrorKind::Limit,
                            u64::from(password_size),
                            60,
                        );
                    return Err(
                        reader.within(failed, &super::NAMES, super::field::PASSWORD),
                    );
                }
                let read = reader.bytes(u64::from(password_size));
                reader.named(read, &super::NAMES, super::field::PASSWORD)?
            });
            Ok(Self { type_, u, name, password })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for CursorCommand<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            32 + self.password.0.len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(32);
            let says = match self.type_ {
                Command::SET => 0,
                Command::MOVE => 1,
                _ => 2,
            };
            let is = match self.u {
                CursorCommandU::Set(_) => 0,
                CursorCommandU::Position(_) => 1,
                CursorCommandU::Raw(_) => 2,
                CursorCommandU::Other(_) => 3,
            };
            if says != is {
                return Err(
                    ::spice_proto::wire::Measure::selector(
                        &super::NAMES,
                        super::field::U,
                    ),
                );
            }
            ::spice_proto::wire::Measure::at_most(
                self.name.0.len(),
                64,
                &super::NAMES,
                super::field::NAME,
            )?;
            ::spice_proto::wire::Measure::at_most(
                self.name.0.len(),
                4294967295,
                &super::NAMES,
                super::field::NAME,
            )?;
            measure.add(self.name.0.len());
            ::spice_proto::wire::Measure::target(
                self.name.0.len(),
                &super::NAMES,
                super::field::NAME,
            )?;
            ::spice_proto::wire::Measure::at_most(
                self.password.0.len(),
                60,
                &super::NAMES,
                super::field::PASSWORD,
            )?;
            ::spice_proto::wire::Measure::at_most(
                self.password.0.len(),
                4294967295,
                &super::NAMES,
                super::field::PASSWORD,
            )?;
            measure.add(self.password.0.len());
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut bytes = [0; 32];
            let block = &mut bytes;
            ::spice_proto::wire::put_le(block, 0, self.type_.0);
            match &self.u {
                CursorCommandU::Set(value) => {
                    (*value).to_wire(::spice_proto::wire::part_mut(block, 4));
                }
                CursorCommandU::Position(value) => {
                    for (index, value) in (*value).iter().enumerate() {
                        ::spice_proto::wire::put_le(block, 4 + index * 2, *value);
                    }
                }
                CursorCommandU::Raw(value) => {
                    ::spice_proto::wire::put_le(block, 4, *value);
                }
                CursorCommandU::Other(bytes) => {
                    ::spice_proto::wire::put_bytes(block, 4, *bytes)
                }
            }
            ::spice_proto::wire::put_le(block, 20, self.name.0.len() as u32);
            ::spice_proto::wire::put_le(block, 24, writer.allot(self.name.0.len()));
            ::spice_proto::wire::put_le(block, 28, self.password.0.len() as u32);
            writer.put(block);
            writer.bulk(self.password.0);
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
            if depth == 0 {
                writer.bulk(self.name.0);
            }
        }
    }
    impl ::core::fmt::Debug for CursorCommand<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("CursorCommand")
                .field("type", &self.type_)
                .field("u", &::spice_proto::wire::Hidden)
                .field("name", &self.name)
                .field("password", &::spice_proto::wire::Hidden)
                .finish()
        }
    }
}
/// The field names that errors print.
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub(crate) static NAMES: ::spice_proto::wire::Names = ::spice_proto::wire::Names(
    &[
        "data_size",
        "prev_chunk",
        "next_chunk",
        "data",
        "magic",
        "version",
        "offset",
        "selection",
        "reserved",
        "serial",
        "types",
        "x",
        "shape",
        "type",
        "u",
        "name_size",
        "name",
        "password_size",
        "password",
    ],
);
/// Their places in [`NAMES`].
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
mod field {
    use ::spice_proto::wire::Field;
    pub(super) const DATA_SIZE: Field = Field(0);
    pub(super) const PREV_CHUNK: Field = Field(1);
    pub(super) const NEXT_CHUNK: Field = Field(2);
    pub(super) const DATA: Field = Field(3);
    pub(super) const MAGIC: Field = Field(4);
    pub(super) const VERSION: Field = Field(5);
    pub(super) const OFFSET: Field = Field(6);
    pub(super) const SELECTION: Field = Field(7);
    pub(super) const RESERVED: Field = Field(8);
    pub(super) const SERIAL: Field = Field(9);
    pub(super) const TYPES: Field = Field(10);
    pub(super) const X: Field = Field(11);
    pub(super) const SHAPE: Field = Field(12);
    pub(super) const TYPE: Field = Field(13);
    pub(super) const U: Field = Field(14);
    pub(super) const NAME_SIZE: Field = Field(15);
    pub(super) const NAME: Field = Field(16);
    pub(super) const PASSWORD_SIZE: Field = Field(17);
    pub(super) const PASSWORD: Field = Field(18);
}
