::spice_proto::wire::open_enum! {
    /// The number of a channel type, as link messages carry it.
    pub struct ChannelType: u8 {
        /// Comes first.
        MAIN = 1, "main";
        /// derived
        DERIVED = 9, "derived";
    }
}
/// A message from the server, of any channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum ServerMessage<'a> {
    /// On this channel.
    Main(main::ServerMessage<'a>),
    /// On this channel.
    Derived(derived::ServerMessage<'a>),
    /// On a channel that the description does not know.
    Unknown {
        /// The channel.
        channel: ChannelType,
        /// Number of the message.
        kind: u16,
        /// Its body.
        body: &'a [u8],
    },
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ServerMessage<'a> {
    /// Parses the body of a message of a channel; see the channel's own `parse`.
    ///
    /// # Errors
    /// What is wrong with the bytes, where, and in which field.
    pub fn parse(
        channel: ChannelType,
        kind: u16,
        body: &'a [u8],
    ) -> Result<Self, ::spice_proto::wire::Error> {
        Self::parse_with_trailing(channel, kind, body).map(|(message, _)| message)
    }
    /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with_trailing(
        channel: ChannelType,
        kind: u16,
        body: &'a [u8],
    ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
        Ok(
            match channel {
                ChannelType::MAIN => {
                    let (message, trailing) = main::ServerMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Main(message), trailing)
                }
                ChannelType::DERIVED => {
                    let (message, trailing) = derived::ServerMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Derived(message), trailing)
                }
                _ => {
                    (
                        Self::Unknown {
                            channel,
                            kind,
                            body,
                        },
                        &[],
                    )
                }
            },
        )
    }
    /// The channel of the message.
    #[must_use]
    pub const fn channel(&self) -> ChannelType {
        match self {
            Self::Main(_) => ChannelType::MAIN,
            Self::Derived(_) => ChannelType::DERIVED,
            Self::Unknown { channel, .. } => *channel,
        }
    }
    /// The number of the message.
    #[must_use]
    pub const fn kind(&self) -> u16 {
        match self {
            Self::Main(message) => message.kind(),
            Self::Derived(message) => message.kind(),
            Self::Unknown { kind, .. } => *kind,
        }
    }
    /// The name of the message in the description; `None` for an unknown one.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Main(message) => message.name(),
            Self::Derived(message) => message.name(),
            Self::Unknown { .. } => None,
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for ServerMessage<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::wire_len(message),
            Self::Derived(message) => ::spice_proto::wire::Encode::wire_len(message),
            Self::Unknown { body, .. } => body.len(),
        }
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::measure(message, measure),
            Self::Derived(message) => {
                ::spice_proto::wire::Encode::measure(message, measure)
            }
            Self::Unknown { body, .. } => {
                measure.add(body.len());
                Ok(())
            }
        }
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Derived(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Unknown { body, .. } => writer.bulk(body),
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            Self::Derived(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            _ => 0,
        }
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match self {
            Self::Main(message) => {
                ::spice_proto::wire::Encode::write_targets(message, depth, writer)
            }
            Self::Derived(message) => {
                ::spice_proto::wire::Encode::write_targets(message, depth, writer)
            }
            _ => {}
        }
    }
}
/// A message from the client, of any channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum ClientMessage<'a> {
    /// On this channel.
    Main(main::ClientMessage<'a>),
    /// On this channel.
    Derived(derived::ClientMessage<'a>),
    /// On a channel that the description does not know.
    Unknown {
        /// The channel.
        channel: ChannelType,
        /// Number of the message.
        kind: u16,
        /// Its body.
        body: &'a [u8],
    },
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ClientMessage<'a> {
    /// Parses the body of a message of a channel; see the channel's own `parse`.
    ///
    /// # Errors
    /// What is wrong with the bytes, where, and in which field.
    pub fn parse(
        channel: ChannelType,
        kind: u16,
        body: &'a [u8],
    ) -> Result<Self, ::spice_proto::wire::Error> {
        Self::parse_with_trailing(channel, kind, body).map(|(message, _)| message)
    }
    /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with_trailing(
        channel: ChannelType,
        kind: u16,
        body: &'a [u8],
    ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
        Ok(
            match channel {
                ChannelType::MAIN => {
                    let (message, trailing) = main::ClientMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Main(message), trailing)
                }
                ChannelType::DERIVED => {
                    let (message, trailing) = derived::ClientMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Derived(message), trailing)
                }
                _ => {
                    (
                        Self::Unknown {
                            channel,
                            kind,
                            body,
                        },
                        &[],
                    )
                }
            },
        )
    }
    /// The channel of the message.
    #[must_use]
    pub const fn channel(&self) -> ChannelType {
        match self {
            Self::Main(_) => ChannelType::MAIN,
            Self::Derived(_) => ChannelType::DERIVED,
            Self::Unknown { channel, .. } => *channel,
        }
    }
    /// The number of the message.
    #[must_use]
    pub const fn kind(&self) -> u16 {
        match self {
            Self::Main(message) => message.kind(),
            Self::Derived(message) => message.kind(),
            Self::Unknown { kind, .. } => *kind,
        }
    }
    /// The name of the message in the description; `None` for an unknown one.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Main(message) => message.name(),
            Self::Derived(message) => message.name(),
            Self::Unknown { .. } => None,
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for ClientMessage<'a> {
    #[inline]
    fn wire_len(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::wire_len(message),
            Self::Derived(message) => ::spice_proto::wire::Encode::wire_len(message),
            Self::Unknown { body, .. } => body.len(),
        }
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::measure(message, measure),
            Self::Derived(message) => {
                ::spice_proto::wire::Encode::measure(message, measure)
            }
            Self::Unknown { body, .. } => {
                measure.add(body.len());
                Ok(())
            }
        }
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Derived(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Unknown { body, .. } => writer.bulk(body),
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            Self::Derived(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            _ => 0,
        }
    }
    #[inline]
    fn write_targets<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        depth: usize,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        match self {
            Self::Main(message) => {
                ::spice_proto::wire::Encode::write_targets(message, depth, writer)
            }
            Self::Derived(message) => {
                ::spice_proto::wire::Encode::write_targets(message, depth, writer)
            }
            _ => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod main {
    //! The main channel.
    //!
    //! # Messages from the server
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 101 | [`Mode`](variant@ServerMessage::Mode) | Tells the mode. Needs [`MainCapability::NAME`](MainCapability::NAME). |
    //! | 102 | [`AgentConnected`](variant@ServerMessage::AgentConnected) | No longer used by peers. |
    //!
    //! Inherited, from the server: [`SetAck`](variant@ServerMessage::SetAck), [`MigrateData`](variant@ServerMessage::MigrateData).
    //!
    //! # Messages from the client
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 101 | [`Mode`](struct@Mode) | Asks for a mode. |
    //!
    //! Inherited, from the client: [`AckSync`](variant@ClientMessage::AckSync), [`Ack`](variant@ClientMessage::Ack).
    ::spice_proto::wire::open_enum! {
        /// What main channels can do.
        ///
        /// The number is that of a bit in the capability words.
        pub struct MainCapability: u16 {
            /// `NAME` of the description.
            NAME = 0, "NAME";
            /// `FAR` of the description.
            FAR = 33, "FAR";
        }
    }
    impl From<MainCapability> for u32 {
        fn from(capability: MainCapability) -> Self {
            capability.0.into()
        }
    }
    /// Asks for a mode.
    ///
    /// Message 101 from the client: [`main::ClientMessage::Mode`](variant@ClientMessage::Mode), [`derived::ClientMessage::Mode`](variant@super::derived::ClientMessage::Mode).
    ///
    /// 4 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Mode {
        /// `mode` of the description.
        pub mode: super::common::Mode,
    }
    impl Mode {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 4]) -> Self {
            let mode = super::common::Mode::from_wire(
                ::spice_proto::wire::part(block, 0),
            );
            Self { mode }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Mode {
        const MIN_SIZE: usize = 4;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => Err(reader.short(&super::NAMES, &[(4, super::field::MODE)])),
            }
        }
    }
    impl Mode {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            self.mode.to_wire(::spice_proto::wire::part_mut(block, 0));
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Mode {
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
    impl ::core::fmt::Debug for Mode {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Mode").field("mode", &self.mode).finish()
        }
    }
    /// Tells the mode.
    ///
    /// Message 101 from the server: [`main::ServerMessage::Mode`](variant@ServerMessage::Mode), [`derived::ServerMessage::Mode`](variant@super::derived::ServerMessage::Mode). Needs [`MainCapability::NAME`](MainCapability::NAME).
    ///
    /// 5 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct ServerMode {
        /// `mode` of the description.
        pub mode: super::common::Mode,
        /// `accepted` of the description.
        pub accepted: u8,
    }
    impl ServerMode {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 5]) -> Self {
            let mode = super::common::Mode::from_wire(
                ::spice_proto::wire::part(block, 0),
            );
            let accepted = ::spice_proto::wire::le::<u8>(block, 4);
            Self { mode, accepted }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for ServerMode {
        const MIN_SIZE: usize = 5;
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
                                &[(4, super::field::MODE), (5, super::field::ACCEPTED)],
                            ),
                    )
                }
            }
        }
    }
    impl ServerMode {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            self.mode.to_wire(::spice_proto::wire::part_mut(block, 0));
            ::spice_proto::wire::put_le(block, 4, self.accepted);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ServerMode {
        #[inline]
        fn wire_len(&self) -> usize {
            5
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(5);
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut block = [0; 5];
            self.to_wire(&mut block);
            writer.put(&block);
        }
    }
    impl ::core::fmt::Debug for ServerMode {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("ServerMode")
                .field("mode", &self.mode)
                .field("accepted", &self.accepted)
                .finish()
        }
    }
    /// A message from the server.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ServerMessage<'a> {
        /// Number 3.
        SetAck(super::common::SetAck),
        /// Number 4.
        MigrateData(super::common::MigrateData<'a>),
        /// Tells the mode.
        ///
        /// Number 101. Needs [`MainCapability::NAME`](MainCapability::NAME).
        Mode(ServerMode),
        /// Number 102. No longer used by peers.
        AgentConnected(super::common::Empty),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ServerMessage<'a> {
        /// Number of the message `set_ack`.
        pub const SET_ACK: u16 = 3;
        /// Number of the message `migrate_data`.
        pub const MIGRATE_DATA: u16 = 4;
        /// Number of the message `mode`.
        pub const MODE: u16 = 101;
        /// Number of the message `agent_connected`.
        pub const AGENT_CONNECTED: u16 = 102;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[
            Self::SET_ACK,
            Self::MIGRATE_DATA,
            Self::MODE,
            Self::AGENT_CONNECTED,
        ];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::SET_ACK => Some("set_ack"),
                Self::MIGRATE_DATA => Some("migrate_data"),
                Self::MODE => Some("mode"),
                Self::AGENT_CONNECTED => Some("agent_connected"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::SetAck(_) => Self::SET_ACK,
                Self::MigrateData(_) => Self::MIGRATE_DATA,
                Self::Mode(_) => Self::MODE,
                Self::AgentConnected(_) => Self::AGENT_CONNECTED,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::SET_ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::SET_ACK,
                            |message: super::common::SetAck, reader| {
                                done(Self::SetAck(message), reader)
                            },
                        )
                }
                Self::MIGRATE_DATA => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MIGRATE_DATA,
                            |message: super::common::MigrateData<'_>, reader| {
                                done(Self::MigrateData(message), reader)
                            },
                        )
                }
                Self::MODE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MODE,
                            |message: ServerMode, reader| {
                                done(Self::Mode(message), reader)
                            },
                        )
                }
                Self::AGENT_CONNECTED => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::AGENT_CONNECTED,
                            |message: super::common::Empty, reader| {
                                done(Self::AgentConnected(message), reader)
                            },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ServerMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::SetAck(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::wire_len(message)
                }
                Self::Mode(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::AgentConnected(message) => {
                    ::spice_proto::wire::Encode::wire_len(message)
                }
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::SetAck(message) => {
                    measure.field(message, &super::NAMES, super::field::SET_ACK)
                }
                Self::MigrateData(message) => {
                    measure.field(message, &super::NAMES, super::field::MIGRATE_DATA)
                }
                Self::Mode(message) => {
                    measure.field(message, &super::NAMES, super::field::MODE)
                }
                Self::AgentConnected(message) => {
                    measure.field(message, &super::NAMES, super::field::AGENT_CONNECTED)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::SetAck(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Mode(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::AgentConnected(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
    /// A message from the client.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ClientMessage<'a> {
        /// Number 1.
        AckSync(super::common::AckSync),
        /// Number 2.
        Ack(super::common::Empty),
        /// Asks for a mode.
        ///
        /// Number 101.
        Mode(Mode),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ClientMessage<'a> {
        /// Number of the message `ack_sync`.
        pub const ACK_SYNC: u16 = 1;
        /// Number of the message `ack`.
        pub const ACK: u16 = 2;
        /// Number of the message `mode`.
        pub const MODE: u16 = 101;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::ACK_SYNC, Self::ACK, Self::MODE];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::ACK_SYNC => Some("ack_sync"),
                Self::ACK => Some("ack"),
                Self::MODE => Some("mode"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::AckSync(_) => Self::ACK_SYNC,
                Self::Ack(_) => Self::ACK,
                Self::Mode(_) => Self::MODE,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::ACK_SYNC => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK_SYNC,
                            |message: super::common::AckSync, reader| {
                                done(Self::AckSync(message), reader)
                            },
                        )
                }
                Self::ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK,
                            |message: super::common::Empty, reader| {
                                done(Self::Ack(message), reader)
                            },
                        )
                }
                Self::MODE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MODE,
                            |message: Mode, reader| { done(Self::Mode(message), reader) },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ClientMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::AckSync(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Ack(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Mode(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::AckSync(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK_SYNC)
                }
                Self::Ack(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK)
                }
                Self::Mode(message) => {
                    measure.field(message, &super::NAMES, super::field::MODE)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::AckSync(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Ack(message) => ::spice_proto::wire::Encode::write(message, writer),
                Self::Mode(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod common {
    //! common
    //!
    //! # Messages from the server
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 3 | [`SetAck`](struct@SetAck) |  |
    //! | 4 | [`MigrateData`](struct@MigrateData) |  |
    //!
    //! # Messages from the client
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 1 | [`AckSync`](struct@AckSync) |  |
    //! | 2 | [`Ack`](variant@ClientMessage::Ack) |  |
    //!
    //! # Parts of messages
    //!
    //! Not sent by themselves: [`Mode`](struct@Mode).
    /// Part of [`Mode`](struct@super::main::Mode), [`ServerMode`](struct@super::main::ServerMode).
    ///
    /// 4 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Mode {
        /// `x_res` of the description.
        pub x_res: u16,
        /// `y_res` of the description.
        pub y_res: u16,
    }
    impl Mode {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 4]) -> Self {
            let x_res = ::spice_proto::wire::le::<u16>(block, 0);
            let y_res = ::spice_proto::wire::le::<u16>(block, 2);
            Self { x_res, y_res }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Mode {
        const MIN_SIZE: usize = 4;
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
                                &[(2, super::field::X_RES), (4, super::field::Y_RES)],
                            ),
                    )
                }
            }
        }
    }
    impl Mode {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.x_res);
            ::spice_proto::wire::put_le(block, 2, self.y_res);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Mode {
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
    impl ::core::fmt::Debug for Mode {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Mode")
                .field("x_res", &self.x_res)
                .field("y_res", &self.y_res)
                .finish()
        }
    }
    /// * Message 2 from the client: [`common::ClientMessage::Ack`](variant@ClientMessage::Ack), [`main::ClientMessage::Ack`](variant@super::main::ClientMessage::Ack), [`derived::ClientMessage::Ack`](variant@super::derived::ClientMessage::Ack).
    /// * Message 102 from the server: [`main::ServerMessage::AgentConnected`](variant@super::main::ServerMessage::AgentConnected), [`derived::ServerMessage::AgentConnected`](variant@super::derived::ServerMessage::AgentConnected). No longer used by peers.
    ///
    /// No bytes on the wire.
    #[derive(Clone, Copy, Default, PartialEq, Eq)]
    pub struct Empty;
    impl<'a> ::spice_proto::wire::Wire<'a> for Empty {
        const MIN_SIZE: usize = 0;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            _reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            Ok(Self {})
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Empty {
        #[inline]
        fn wire_len(&self) -> usize {
            0
        }
        #[inline]
        fn measure(
            &self,
            _measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            _writer: &mut ::spice_proto::wire::Writer<S>,
        ) {}
    }
    impl ::core::fmt::Debug for Empty {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Empty").finish()
        }
    }
    /// Message 3 from the server: [`common::ServerMessage::SetAck`](variant@ServerMessage::SetAck), [`main::ServerMessage::SetAck`](variant@super::main::ServerMessage::SetAck), [`derived::ServerMessage::SetAck`](variant@super::derived::ServerMessage::SetAck).
    ///
    /// 8 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct SetAck {
        /// `generation` of the description.
        pub generation: u32,
        /// `window` of the description.
        pub window: u32,
    }
    impl SetAck {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 8]) -> Self {
            let generation = ::spice_proto::wire::le::<u32>(block, 0);
            let window = ::spice_proto::wire::le::<u32>(block, 4);
            Self { generation, window }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for SetAck {
        const MIN_SIZE: usize = 8;
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
                                &[(4, super::field::GENERATION), (8, super::field::WINDOW)],
                            ),
                    )
                }
            }
        }
    }
    impl SetAck {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.generation);
            ::spice_proto::wire::put_le(block, 4, self.window);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for SetAck {
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
    impl ::core::fmt::Debug for SetAck {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("SetAck")
                .field("generation", &self.generation)
                .field("window", &self.window)
                .finish()
        }
    }
    /// Message 4 from the server: [`common::ServerMessage::MigrateData`](variant@ServerMessage::MigrateData), [`main::ServerMessage::MigrateData`](variant@super::main::ServerMessage::MigrateData), [`derived::ServerMessage::MigrateData`](variant@super::derived::ServerMessage::MigrateData).
    ///
    /// Any number of bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct MigrateData<'a> {
        /// `data` of the description.
        pub data: &'a [u8],
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for MigrateData<'a> {
        const MIN_SIZE: usize = 0;
        const FIXED: bool = false;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let data = reader.rest();
            Ok(Self { data })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for MigrateData<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            0 + self.data.len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(self.data.len());
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            writer.bulk(self.data);
        }
    }
    impl ::core::fmt::Debug for MigrateData<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("MigrateData")
                .field("data", &::spice_proto::wire::Run(self.data))
                .finish()
        }
    }
    /// Message 1 from the client: [`common::ClientMessage::AckSync`](variant@ClientMessage::AckSync), [`main::ClientMessage::AckSync`](variant@super::main::ClientMessage::AckSync), [`derived::ClientMessage::AckSync`](variant@super::derived::ClientMessage::AckSync).
    ///
    /// 4 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct AckSync {
        /// `generation` of the description.
        pub generation: u32,
    }
    impl AckSync {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 4]) -> Self {
            let generation = ::spice_proto::wire::le::<u32>(block, 0);
            Self { generation }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for AckSync {
        const MIN_SIZE: usize = 4;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => {
                    Err(reader.short(&super::NAMES, &[(4, super::field::GENERATION)]))
                }
            }
        }
    }
    impl AckSync {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.generation);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for AckSync {
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
    impl ::core::fmt::Debug for AckSync {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("AckSync").field("generation", &self.generation).finish()
        }
    }
    /// A message from the server.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ServerMessage<'a> {
        /// Number 3.
        SetAck(SetAck),
        /// Number 4.
        MigrateData(MigrateData<'a>),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ServerMessage<'a> {
        /// Number of the message `set_ack`.
        pub const SET_ACK: u16 = 3;
        /// Number of the message `migrate_data`.
        pub const MIGRATE_DATA: u16 = 4;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::SET_ACK, Self::MIGRATE_DATA];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::SET_ACK => Some("set_ack"),
                Self::MIGRATE_DATA => Some("migrate_data"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::SetAck(_) => Self::SET_ACK,
                Self::MigrateData(_) => Self::MIGRATE_DATA,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::SET_ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::SET_ACK,
                            |message: SetAck, reader| {
                                done(Self::SetAck(message), reader)
                            },
                        )
                }
                Self::MIGRATE_DATA => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MIGRATE_DATA,
                            |message: MigrateData<'_>, reader| {
                                done(Self::MigrateData(message), reader)
                            },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ServerMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::SetAck(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::wire_len(message)
                }
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::SetAck(message) => {
                    measure.field(message, &super::NAMES, super::field::SET_ACK)
                }
                Self::MigrateData(message) => {
                    measure.field(message, &super::NAMES, super::field::MIGRATE_DATA)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::SetAck(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
    /// A message from the client.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ClientMessage<'a> {
        /// Number 1.
        AckSync(AckSync),
        /// Number 2.
        Ack(Empty),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ClientMessage<'a> {
        /// Number of the message `ack_sync`.
        pub const ACK_SYNC: u16 = 1;
        /// Number of the message `ack`.
        pub const ACK: u16 = 2;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::ACK_SYNC, Self::ACK];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::ACK_SYNC => Some("ack_sync"),
                Self::ACK => Some("ack"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::AckSync(_) => Self::ACK_SYNC,
                Self::Ack(_) => Self::ACK,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::ACK_SYNC => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK_SYNC,
                            |message: AckSync, reader| {
                                done(Self::AckSync(message), reader)
                            },
                        )
                }
                Self::ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK,
                            |message: Empty, reader| { done(Self::Ack(message), reader) },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ClientMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::AckSync(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Ack(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::AckSync(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK_SYNC)
                }
                Self::Ack(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::AckSync(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Ack(message) => ::spice_proto::wire::Encode::write(message, writer),
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod derived {
    //! derived
    //!
    //! Inherited, from the server: [`SetAck`](variant@ServerMessage::SetAck), [`MigrateData`](variant@ServerMessage::MigrateData), [`Mode`](variant@ServerMessage::Mode), [`AgentConnected`](variant@ServerMessage::AgentConnected).
    //!
    //! Inherited, from the client: [`AckSync`](variant@ClientMessage::AckSync), [`Ack`](variant@ClientMessage::Ack), [`Mode`](variant@ClientMessage::Mode).
    /// A message from the server.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ServerMessage<'a> {
        /// Number 3.
        SetAck(super::common::SetAck),
        /// Number 4.
        MigrateData(super::common::MigrateData<'a>),
        /// Tells the mode.
        ///
        /// Number 101. Needs [`MainCapability::NAME`](super::main::MainCapability::NAME).
        Mode(super::main::ServerMode),
        /// Number 102. No longer used by peers.
        AgentConnected(super::common::Empty),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ServerMessage<'a> {
        /// Number of the message `set_ack`.
        pub const SET_ACK: u16 = 3;
        /// Number of the message `migrate_data`.
        pub const MIGRATE_DATA: u16 = 4;
        /// Number of the message `mode`.
        pub const MODE: u16 = 101;
        /// Number of the message `agent_connected`.
        pub const AGENT_CONNECTED: u16 = 102;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[
            Self::SET_ACK,
            Self::MIGRATE_DATA,
            Self::MODE,
            Self::AGENT_CONNECTED,
        ];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::SET_ACK => Some("set_ack"),
                Self::MIGRATE_DATA => Some("migrate_data"),
                Self::MODE => Some("mode"),
                Self::AGENT_CONNECTED => Some("agent_connected"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::SetAck(_) => Self::SET_ACK,
                Self::MigrateData(_) => Self::MIGRATE_DATA,
                Self::Mode(_) => Self::MODE,
                Self::AgentConnected(_) => Self::AGENT_CONNECTED,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::SET_ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::SET_ACK,
                            |message: super::common::SetAck, reader| {
                                done(Self::SetAck(message), reader)
                            },
                        )
                }
                Self::MIGRATE_DATA => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MIGRATE_DATA,
                            |message: super::common::MigrateData<'_>, reader| {
                                done(Self::MigrateData(message), reader)
                            },
                        )
                }
                Self::MODE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MODE,
                            |message: super::main::ServerMode, reader| {
                                done(Self::Mode(message), reader)
                            },
                        )
                }
                Self::AGENT_CONNECTED => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::AGENT_CONNECTED,
                            |message: super::common::Empty, reader| {
                                done(Self::AgentConnected(message), reader)
                            },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ServerMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::SetAck(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::wire_len(message)
                }
                Self::Mode(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::AgentConnected(message) => {
                    ::spice_proto::wire::Encode::wire_len(message)
                }
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::SetAck(message) => {
                    measure.field(message, &super::NAMES, super::field::SET_ACK)
                }
                Self::MigrateData(message) => {
                    measure.field(message, &super::NAMES, super::field::MIGRATE_DATA)
                }
                Self::Mode(message) => {
                    measure.field(message, &super::NAMES, super::field::MODE)
                }
                Self::AgentConnected(message) => {
                    measure.field(message, &super::NAMES, super::field::AGENT_CONNECTED)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::SetAck(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::MigrateData(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Mode(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::AgentConnected(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
    /// A message from the client.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ClientMessage<'a> {
        /// Number 1.
        AckSync(super::common::AckSync),
        /// Number 2.
        Ack(super::common::Empty),
        /// Asks for a mode.
        ///
        /// Number 101.
        Mode(super::main::Mode),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ClientMessage<'a> {
        /// Number of the message `ack_sync`.
        pub const ACK_SYNC: u16 = 1;
        /// Number of the message `ack`.
        pub const ACK: u16 = 2;
        /// Number of the message `mode`.
        pub const MODE: u16 = 101;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::ACK_SYNC, Self::ACK, Self::MODE];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::ACK_SYNC => Some("ack_sync"),
                Self::ACK => Some("ack"),
                Self::MODE => Some("mode"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::AckSync(_) => Self::ACK_SYNC,
                Self::Ack(_) => Self::ACK,
                Self::Mode(_) => Self::MODE,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u16,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u16,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::ACK_SYNC => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK_SYNC,
                            |message: super::common::AckSync, reader| {
                                done(Self::AckSync(message), reader)
                            },
                        )
                }
                Self::ACK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ACK,
                            |message: super::common::Empty, reader| {
                                done(Self::Ack(message), reader)
                            },
                        )
                }
                Self::MODE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MODE,
                            |message: super::main::Mode, reader| {
                                done(Self::Mode(message), reader)
                            },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for ClientMessage<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::AckSync(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Ack(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Mode(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::AckSync(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK_SYNC)
                }
                Self::Ack(message) => {
                    measure.field(message, &super::NAMES, super::field::ACK)
                }
                Self::Mode(message) => {
                    measure.field(message, &super::NAMES, super::field::MODE)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::AckSync(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Ack(message) => ::spice_proto::wire::Encode::write(message, writer),
                Self::Mode(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod agent {
    //! agent
    //!
    //! # Messages of either side
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 1 | [`Mode`](struct@Mode) |  |
    //! | 70000 | [`Announce`](struct@Announce) |  |
    //! | 70001 | [`Message`](variant@Message::Message) |  |
    /// Message 1 of either side: [`Message::Mode`](variant@Message::Mode).
    ///
    /// 1 byte on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Mode {
        /// `first` of the description.
        pub first: u8,
    }
    impl Mode {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 1]) -> Self {
            let first = ::spice_proto::wire::le::<u8>(block, 0);
            Self { first }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Mode {
        const MIN_SIZE: usize = 1;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => Err(reader.short(&super::NAMES, &[(1, super::field::FIRST)])),
            }
        }
    }
    impl Mode {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.first);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Mode {
        #[inline]
        fn wire_len(&self) -> usize {
            1
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(1);
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut block = [0; 1];
            self.to_wire(&mut block);
            writer.put(&block);
        }
    }
    impl ::core::fmt::Debug for Mode {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Mode").field("first", &self.first).finish()
        }
    }
    /// Message 70000 of either side: [`Message::Announce`](variant@Message::Announce).
    ///
    /// 1 byte on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Announce {
        /// `last` of the description.
        pub last: u8,
    }
    impl Announce {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 1]) -> Self {
            let last = ::spice_proto::wire::le::<u8>(block, 0);
            Self { last }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Announce {
        const MIN_SIZE: usize = 1;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => Err(reader.short(&super::NAMES, &[(1, super::field::LAST)])),
            }
        }
    }
    impl Announce {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.last);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Announce {
        #[inline]
        fn wire_len(&self) -> usize {
            1
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(1);
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            let mut block = [0; 1];
            self.to_wire(&mut block);
            writer.put(&block);
        }
    }
    impl ::core::fmt::Debug for Announce {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Announce").field("last", &self.last).finish()
        }
    }
    /// Message 70001 of either side: [`Message::Message`](variant@Message::Message).
    ///
    /// No bytes on the wire.
    #[derive(Clone, Copy, Default, PartialEq, Eq)]
    pub struct BothMessage;
    impl<'a> ::spice_proto::wire::Wire<'a> for BothMessage {
        const MIN_SIZE: usize = 0;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            _reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            Ok(Self {})
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for BothMessage {
        #[inline]
        fn wire_len(&self) -> usize {
            0
        }
        #[inline]
        fn measure(
            &self,
            _measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            _writer: &mut ::spice_proto::wire::Writer<S>,
        ) {}
    }
    impl ::core::fmt::Debug for BothMessage {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("BothMessage").finish()
        }
    }
    /// A message of either side.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    ///
    /// Either side sends these.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum Message<'a> {
        /// Number 1.
        Mode(Mode),
        /// Number 70000.
        Announce(Announce),
        /// Number 70001.
        Message(BothMessage),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u32,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> Message<'a> {
        /// Number of the message `mode`.
        pub const MODE: u32 = 1;
        /// Number of the message `announce`.
        pub const ANNOUNCE: u32 = 70000;
        /// Number of the message `message`.
        pub const MESSAGE: u32 = 70001;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u32] = &[Self::MODE, Self::ANNOUNCE, Self::MESSAGE];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u32) -> Option<&'static str> {
            match kind {
                Self::MODE => Some("mode"),
                Self::ANNOUNCE => Some("announce"),
                Self::MESSAGE => Some("message"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u32 {
            match self {
                Self::Mode(_) => Self::MODE,
                Self::Announce(_) => Self::ANNOUNCE,
                Self::Message(_) => Self::MESSAGE,
                Self::Unknown { kind, .. } => *kind,
            }
        }
        /// The name of the message in the description; `None` for an unknown one.
        #[must_use]
        pub const fn name(&self) -> Option<&'static str> {
            Self::name_of(self.kind())
        }
        /// Parses the body of a message. A number that is not known gives [`Unknown`](Self::Unknown). Bytes after the last field are accepted.
        ///
        /// # Errors
        /// What is wrong with the bytes, where, and in which field.
        #[inline]
        pub fn parse(
            kind: u32,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, _| message,
            )
        }
        /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
        ///
        /// # Errors
        /// As [`parse`](Self::parse).
        #[inline]
        pub fn parse_with_trailing(
            kind: u32,
            body: &'a [u8],
        ) -> Result<(Self, &'a [u8]), ::spice_proto::wire::Error> {
            Self::read(
                kind,
                &mut ::spice_proto::wire::Reader::new(body),
                |message, reader| (message, reader.trailing()),
            )
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read<T>(
            kind: u32,
            reader: &mut ::spice_proto::wire::Reader<'a>,
            done: impl FnOnce(Self, &::spice_proto::wire::Reader<'a>) -> T,
        ) -> Result<T, ::spice_proto::wire::Error> {
            match kind {
                Self::MODE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MODE,
                            |message: Mode, reader| { done(Self::Mode(message), reader) },
                        )
                }
                Self::ANNOUNCE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ANNOUNCE,
                            |message: Announce, reader| {
                                done(Self::Announce(message), reader)
                            },
                        )
                }
                Self::MESSAGE => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::MESSAGE,
                            |message: BothMessage, reader| {
                                done(Self::Message(message), reader)
                            },
                        )
                }
                _ => {
                    Ok(
                        done(
                            Self::Unknown {
                                kind,
                                body: reader.rest(),
                            },
                            reader,
                        ),
                    )
                }
            }
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Message<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            match self {
                Self::Mode(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Announce(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Message(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::Mode(message) => {
                    measure.field(message, &super::NAMES, super::field::MODE)
                }
                Self::Announce(message) => {
                    measure.field(message, &super::NAMES, super::field::ANNOUNCE)
                }
                Self::Message(message) => {
                    measure.field(message, &super::NAMES, super::field::MESSAGE)
                }
                Self::Unknown { body, .. } => {
                    measure.add(body.len());
                    Ok(())
                }
            }
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            match self {
                Self::Mode(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Announce(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Message(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
/// The channels of Test: types for `channel::ClientEnd` and `channel::ServerEnd`.
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod channel {
    /// Comes first.
    ///
    /// Channel 1 of the protocol.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Main;
    impl ::spice_proto::channel::Channel for Main {
        type ServerMessage<'a> = super::main::ServerMessage<'a>;
        type ClientMessage<'a> = super::main::ClientMessage<'a>;
        fn channel_type(&self) -> ::spice_proto::ChannelType {
            ::spice_proto::ChannelType(1)
        }
    }
    /// Channel 9 of the protocol.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Derived;
    impl ::spice_proto::channel::Channel for Derived {
        type ServerMessage<'a> = super::derived::ServerMessage<'a>;
        type ClientMessage<'a> = super::derived::ClientMessage<'a>;
        fn channel_type(&self) -> ::spice_proto::ChannelType {
            ::spice_proto::ChannelType(9)
        }
    }
    impl<'a> ::spice_proto::channel::ChannelMessage<'a>
    for super::main::ServerMessage<'a> {
        #[inline]
        fn parse(
            _channel: ::spice_proto::ChannelType,
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::Error> {
            Self::parse(kind, body)
        }
        fn kind(&self) -> u16 {
            self.kind()
        }
        fn name(&self) -> Option<&'static str> {
            self.name()
        }
    }
    impl<'a> ::spice_proto::channel::ChannelMessage<'a>
    for super::main::ClientMessage<'a> {
        #[inline]
        fn parse(
            _channel: ::spice_proto::ChannelType,
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::Error> {
            Self::parse(kind, body)
        }
        fn kind(&self) -> u16 {
            self.kind()
        }
        fn name(&self) -> Option<&'static str> {
            self.name()
        }
    }
    impl<'a> ::spice_proto::channel::ChannelMessage<'a>
    for super::derived::ServerMessage<'a> {
        #[inline]
        fn parse(
            _channel: ::spice_proto::ChannelType,
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::Error> {
            Self::parse(kind, body)
        }
        fn kind(&self) -> u16 {
            self.kind()
        }
        fn name(&self) -> Option<&'static str> {
            self.name()
        }
    }
    impl<'a> ::spice_proto::channel::ChannelMessage<'a>
    for super::derived::ClientMessage<'a> {
        #[inline]
        fn parse(
            _channel: ::spice_proto::ChannelType,
            kind: u16,
            body: &'a [u8],
        ) -> Result<Self, ::spice_proto::Error> {
            Self::parse(kind, body)
        }
        fn kind(&self) -> u16 {
            self.kind()
        }
        fn name(&self) -> Option<&'static str> {
            self.name()
        }
    }
}
/// The field names that errors print.
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub(crate) static NAMES: ::spice_proto::wire::Names = ::spice_proto::wire::Names(
    &[
        "mode",
        "accepted",
        "set_ack",
        "migrate_data",
        "agent_connected",
        "ack_sync",
        "ack",
        "x_res",
        "y_res",
        "generation",
        "window",
        "first",
        "last",
        "announce",
        "message",
    ],
);
/// Their places in [`NAMES`].
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
mod field {
    use ::spice_proto::wire::Field;
    pub(super) const MODE: Field = Field(0);
    pub(super) const ACCEPTED: Field = Field(1);
    pub(super) const SET_ACK: Field = Field(2);
    pub(super) const MIGRATE_DATA: Field = Field(3);
    pub(super) const AGENT_CONNECTED: Field = Field(4);
    pub(super) const ACK_SYNC: Field = Field(5);
    pub(super) const ACK: Field = Field(6);
    pub(super) const X_RES: Field = Field(7);
    pub(super) const Y_RES: Field = Field(8);
    pub(super) const GENERATION: Field = Field(9);
    pub(super) const WINDOW: Field = Field(10);
    pub(super) const FIRST: Field = Field(11);
    pub(super) const LAST: Field = Field(12);
    pub(super) const ANNOUNCE: Field = Field(13);
    pub(super) const MESSAGE: Field = Field(14);
}
