::spice_proto::wire::open_enum! {
    /// Kinds of a ping.
    ///
    /// Needs an answer from all.
    ///
    /// Any value may occur; those with a name are constants.
    pub struct PingKind: u8 {
        /// Measures the time only.
        SHORT = 0, "SHORT";
        /// Loads the line as well.
        LONG = 4, "LONG";
        /// To everybody.
        BROADCAST = 16, "BROADCAST";
    }
}
/// What is asked for.
///
/// Message 100 from the server: [`ping::ServerMessage::Ask`](variant@ping::ServerMessage::Ask), [`ship::ServerMessage::Ask`](variant@ship::ServerMessage::Ask).
///
/// 2 bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub struct Question {
    /// `topic` of the description.
    pub topic: u16,
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Question {
    /// Reads the structure from its bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[doc(hidden)]
    pub fn from_wire(block: &[u8; 2]) -> Self {
        let topic = ::spice_proto::wire::le::<u16>(block, 0);
        Self { topic }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Wire<'a> for Question {
    const MIN_SIZE: usize = 2;
    const FIXED: bool = true;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read(
        reader: &mut ::spice_proto::wire::Reader<'a>,
    ) -> Result<Self, ::spice_proto::wire::Failed> {
        match reader.block() {
            Some(block) => Ok(Self::from_wire(block)),
            None => Err(reader.short(&NAMES, &[(2, field::TOPIC)])),
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl Question {
    /// Writes the structure to the start of a block.
    #[inline]
    #[doc(hidden)]
    pub fn to_wire(&self, block: &mut [u8]) {
        ::spice_proto::wire::put_le(block, 0, self.topic);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl<'a> ::spice_proto::wire::Encode<'a> for Question {
    #[inline]
    fn wire_len(&self) -> usize {
        2
    }
    #[inline]
    fn measure(
        &self,
        measure: &mut ::spice_proto::wire::Measure,
    ) -> Result<(), ::spice_proto::wire::EncodeError> {
        measure.add(2);
        Ok(())
    }
    #[inline]
    fn write<S: ::spice_proto::wire::Sink<'a>>(
        &self,
        writer: &mut ::spice_proto::wire::Writer<S>,
    ) {
        let mut block = [0; 2];
        self.to_wire(&mut block);
        writer.put(&block);
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
impl ::core::fmt::Debug for Question {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Question").field("topic", &self.topic).finish()
    }
}
::spice_proto::wire::open_enum! {
    /// The number of a channel type, as link messages carry it.
    pub struct ChannelType: u8 {
        /// main
        MAIN = 1, "main";
        /// ships
        SHIPS = 200, "ships";
    }
}
/// A message from the server, of any channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub enum ServerMessage<'a> {
    /// On this channel.
    Main(ping::ServerMessage<'a>),
    /// On this channel.
    Ships(ship::ServerMessage<'a>),
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
                    let (message, trailing) = ping::ServerMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Main(message), trailing)
                }
                ChannelType::SHIPS => {
                    let (message, trailing) = ship::ServerMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Ships(message), trailing)
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
            Self::Ships(_) => ChannelType::SHIPS,
            Self::Unknown { channel, .. } => *channel,
        }
    }
    /// The number of the message.
    #[must_use]
    pub const fn kind(&self) -> u16 {
        match self {
            Self::Main(message) => message.kind(),
            Self::Ships(message) => message.kind(),
            Self::Unknown { kind, .. } => *kind,
        }
    }
    /// The name of the message in the description; `None` for an unknown one.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Main(message) => message.name(),
            Self::Ships(message) => message.name(),
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
            Self::Ships(message) => ::spice_proto::wire::Encode::wire_len(message),
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
            Self::Ships(message) => {
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
            Self::Ships(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Unknown { body, .. } => writer.bulk(body),
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            Self::Ships(message) => ::spice_proto::wire::Encode::pointer_depth(message),
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
            Self::Ships(message) => {
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
    Main(ping::ClientMessage<'a>),
    /// On this channel.
    Ships(ship::ClientMessage<'a>),
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
                    let (message, trailing) = ping::ClientMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Main(message), trailing)
                }
                ChannelType::SHIPS => {
                    let (message, trailing) = ship::ClientMessage::parse_with_trailing(
                        kind,
                        body,
                    )?;
                    (Self::Ships(message), trailing)
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
            Self::Ships(_) => ChannelType::SHIPS,
            Self::Unknown { channel, .. } => *channel,
        }
    }
    /// The number of the message.
    #[must_use]
    pub const fn kind(&self) -> u16 {
        match self {
            Self::Main(message) => message.kind(),
            Self::Ships(message) => message.kind(),
            Self::Unknown { kind, .. } => *kind,
        }
    }
    /// The name of the message in the description; `None` for an unknown one.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Main(message) => message.name(),
            Self::Ships(message) => message.name(),
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
            Self::Ships(message) => ::spice_proto::wire::Encode::wire_len(message),
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
            Self::Ships(message) => {
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
            Self::Ships(message) => ::spice_proto::wire::Encode::write(message, writer),
            Self::Unknown { body, .. } => writer.bulk(body),
        }
    }
    #[inline]
    fn pointer_depth(&self) -> usize {
        match self {
            Self::Main(message) => ::spice_proto::wire::Encode::pointer_depth(message),
            Self::Ships(message) => ::spice_proto::wire::Encode::pointer_depth(message),
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
            Self::Ships(message) => {
                ::spice_proto::wire::Encode::write_targets(message, depth, writer)
            }
            _ => {}
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod ping {
    //! ping
    //!
    //! # Messages from the server
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 4 | [`Ping`](struct@Ping) | Answered by `pong`. |
    //! | 100 | [`Ask`](variant@ServerMessage::Ask) | A question, by name. |
    //! | 101 | [`Tell`](struct@Tell) | A message of its own. |
    //!
    //! # Messages from the client
    //!
    //! | number | message | |
    //! |---:|---|---|
    //! | 100 | [`Pong`](struct@Pong) |  |
    /// Answered by `pong`.
    ///
    /// Message 4 from the server: [`ping::ServerMessage::Ping`](variant@ServerMessage::Ping), [`ship::ServerMessage::Ping`](variant@super::ship::ServerMessage::Ping).
    ///
    /// At least 5 bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Ping<'a> {
        /// `kind` of the description.
        pub kind: super::PingKind,
        /// `data` of the description. At most 256000 elements.
        pub data: &'a [u8],
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Ping<'a> {
        const MIN_SIZE: usize = 5;
        const FIXED: bool = false;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let Some(block) = reader.block::<5>() else {
                return Err(
                    reader
                        .short(
                            &super::NAMES,
                            &[(1, super::field::KIND), (5, super::field::SIZE)],
                        ),
                );
            };
            let kind = super::PingKind(::spice_proto::wire::le(block, 0));
            let size: u32 = ::spice_proto::wire::le::<u32>(block, 1);
            let data = {
                if u64::from(size) > 256000 {
                    let failed = reader
                        .fail(
                            ::spice_proto::wire::ErrorKind::Limit,
                            u64::from(size),
                            256000,
                        );
                    return Err(reader.within(failed, &super::NAMES, super::field::DATA));
                }
                let read = reader.bytes(u64::from(size));
                reader.named(read, &super::NAMES, super::field::DATA)?
            };
            Ok(Self { kind, data })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Ping<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            5 + self.data.len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(5);
            ::spice_proto::wire::Measure::at_most(
                self.data.len(),
                256000,
                &super::NAMES,
                super::field::DATA,
            )?;
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
            let mut bytes = [0; 5];
            let block = &mut bytes;
            ::spice_proto::wire::put_le(block, 0, self.kind.0);
            ::spice_proto::wire::put_le(block, 1, self.data.len() as u32);
            writer.put(block);
            writer.bulk(self.data);
        }
    }
    impl ::core::fmt::Debug for Ping<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Ping")
                .field("kind", &self.kind)
                .field("data", &::spice_proto::wire::Run(self.data))
                .finish()
        }
    }
    /// A message of its own.
    ///
    /// Message 101 from the server: [`ping::ServerMessage::Tell`](variant@ServerMessage::Tell), [`ship::ServerMessage::Tell`](variant@super::ship::ServerMessage::Tell).
    ///
    /// Any number of bytes on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Tell<'a> {
        /// `text` of the description.
        pub text: ::spice_proto::wire::Text<'a>,
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Tell<'a> {
        const MIN_SIZE: usize = 0;
        const FIXED: bool = false;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            let text = ::spice_proto::wire::Text(reader.rest());
            Ok(Self { text })
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Tell<'a> {
        #[inline]
        fn wire_len(&self) -> usize {
            0 + self.text.0.len()
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            measure.add(self.text.0.len());
            Ok(())
        }
        #[inline]
        fn write<S: ::spice_proto::wire::Sink<'a>>(
            &self,
            writer: &mut ::spice_proto::wire::Writer<S>,
        ) {
            writer.bulk(self.text.0);
        }
    }
    impl ::core::fmt::Debug for Tell<'_> {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Tell").field("text", &self.text).finish()
        }
    }
    /// Message 100 from the client: [`ping::ClientMessage::Pong`](variant@ClientMessage::Pong), [`ship::ClientMessage::Pong`](variant@super::ship::ClientMessage::Pong).
    ///
    /// 1 byte on the wire.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Pong {
        /// `kind` of the description.
        pub kind: super::PingKind,
    }
    impl Pong {
        /// Reads the structure from its bytes.
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[doc(hidden)]
        pub fn from_wire(block: &[u8; 1]) -> Self {
            let kind = super::PingKind(::spice_proto::wire::le(block, 0));
            Self { kind }
        }
    }
    impl<'a> ::spice_proto::wire::Wire<'a> for Pong {
        const MIN_SIZE: usize = 1;
        const FIXED: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn read(
            reader: &mut ::spice_proto::wire::Reader<'a>,
        ) -> Result<Self, ::spice_proto::wire::Failed> {
            match reader.block() {
                Some(block) => Ok(Self::from_wire(block)),
                None => Err(reader.short(&super::NAMES, &[(1, super::field::KIND)])),
            }
        }
    }
    impl Pong {
        /// Writes the structure to the start of a block.
        #[inline]
        #[doc(hidden)]
        pub fn to_wire(&self, block: &mut [u8]) {
            ::spice_proto::wire::put_le(block, 0, self.kind.0);
        }
    }
    impl<'a> ::spice_proto::wire::Encode<'a> for Pong {
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
    impl ::core::fmt::Debug for Pong {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Pong").field("kind", &self.kind).finish()
        }
    }
    /// A message from the server.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    ///
    /// Also asks.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ServerMessage<'a> {
        /// Answered by `pong`.
        ///
        /// Number 4.
        Ping(Ping<'a>),
        /// A question, by name.
        ///
        /// Number 100.
        Ask(super::Question),
        /// A message of its own.
        ///
        /// Number 101.
        Tell(Tell<'a>),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ServerMessage<'a> {
        /// Number of the message `ping`.
        pub const PING: u16 = 4;
        /// Number of the message `ask`.
        pub const ASK: u16 = 100;
        /// Number of the message `tell`.
        pub const TELL: u16 = 101;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::PING, Self::ASK, Self::TELL];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::PING => Some("ping"),
                Self::ASK => Some("ask"),
                Self::TELL => Some("tell"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::Ping(_) => Self::PING,
                Self::Ask(_) => Self::ASK,
                Self::Tell(_) => Self::TELL,
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
                Self::PING => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::PING,
                            |message: Ping<'_>, reader| {
                                done(Self::Ping(message), reader)
                            },
                        )
                }
                Self::ASK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ASK,
                            |message: super::Question, reader| {
                                done(Self::Ask(message), reader)
                            },
                        )
                }
                Self::TELL => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::TELL,
                            |message: Tell<'_>, reader| {
                                done(Self::Tell(message), reader)
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
                Self::Ping(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Ask(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Tell(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::Ping(message) => {
                    measure.field(message, &super::NAMES, super::field::PING)
                }
                Self::Ask(message) => {
                    measure.field(message, &super::NAMES, super::field::ASK)
                }
                Self::Tell(message) => {
                    measure.field(message, &super::NAMES, super::field::TELL)
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
                Self::Ping(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Ask(message) => ::spice_proto::wire::Encode::write(message, writer),
                Self::Tell(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
    /// A message from the client.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    ///
    /// Also asks.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ClientMessage<'a> {
        /// Number 100.
        Pong(Pong),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ClientMessage<'a> {
        /// Number of the message `pong`.
        pub const PONG: u16 = 100;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::PONG];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::PONG => Some("pong"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::Pong(_) => Self::PONG,
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
                Self::PONG => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::PONG,
                            |message: Pong, reader| { done(Self::Pong(message), reader) },
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
                Self::Pong(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::Pong(message) => {
                    measure.field(message, &super::NAMES, super::field::PONG)
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
                Self::Pong(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod ship {
    //! ship
    //!
    //! Inherited, from the server: [`Ping`](variant@ServerMessage::Ping), [`Ask`](variant@ServerMessage::Ask), [`Tell`](variant@ServerMessage::Tell).
    //!
    //! Inherited, from the client: [`Pong`](variant@ClientMessage::Pong).
    /// A message from the server.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    ///
    /// Between ships.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ServerMessage<'a> {
        /// Answered by `pong`.
        ///
        /// Number 4.
        Ping(super::ping::Ping<'a>),
        /// A question, by name.
        ///
        /// Number 100.
        Ask(super::Question),
        /// A message of its own.
        ///
        /// Number 101.
        Tell(super::ping::Tell<'a>),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ServerMessage<'a> {
        /// Number of the message `ping`.
        pub const PING: u16 = 4;
        /// Number of the message `ask`.
        pub const ASK: u16 = 100;
        /// Number of the message `tell`.
        pub const TELL: u16 = 101;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::PING, Self::ASK, Self::TELL];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::PING => Some("ping"),
                Self::ASK => Some("ask"),
                Self::TELL => Some("tell"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::Ping(_) => Self::PING,
                Self::Ask(_) => Self::ASK,
                Self::Tell(_) => Self::TELL,
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
                Self::PING => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::PING,
                            |message: super::ping::Ping<'_>, reader| {
                                done(Self::Ping(message), reader)
                            },
                        )
                }
                Self::ASK => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::ASK,
                            |message: super::Question, reader| {
                                done(Self::Ask(message), reader)
                            },
                        )
                }
                Self::TELL => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::TELL,
                            |message: super::ping::Tell<'_>, reader| {
                                done(Self::Tell(message), reader)
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
                Self::Ping(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Ask(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Tell(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::Ping(message) => {
                    measure.field(message, &super::NAMES, super::field::PING)
                }
                Self::Ask(message) => {
                    measure.field(message, &super::NAMES, super::field::ASK)
                }
                Self::Tell(message) => {
                    measure.field(message, &super::NAMES, super::field::TELL)
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
                Self::Ping(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Ask(message) => ::spice_proto::wire::Encode::write(message, writer),
                Self::Tell(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
    /// A message from the client.
    ///
    /// [`parse`](Self::parse) makes it of a number and a body; it encodes as its body, and [`kind`](Self::kind) is its number.
    ///
    /// Between ships.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[allow(clippy::large_enum_variant)]
    pub enum ClientMessage<'a> {
        /// Number 100.
        Pong(super::ping::Pong),
        /// A message with a number that the description does not know; kept as it is.
        Unknown {
            /// Its number.
            kind: u16,
            /// Its body.
            body: &'a [u8],
        },
    }
    impl<'a> ClientMessage<'a> {
        /// Number of the message `pong`.
        pub const PONG: u16 = 100;
        /// The numbers that the description knows.
        pub const KINDS: &'static [u16] = &[Self::PONG];
        /// The name of a message in the description.
        #[must_use]
        pub const fn name_of(kind: u16) -> Option<&'static str> {
            match kind {
                Self::PONG => Some("pong"),
                _ => None,
            }
        }
        /// The number of the message.
        #[must_use]
        pub const fn kind(&self) -> u16 {
            match self {
                Self::Pong(_) => Self::PONG,
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
                Self::PONG => {
                    reader
                        .message(
                            &super::NAMES,
                            super::field::PONG,
                            |message: super::ping::Pong, reader| {
                                done(Self::Pong(message), reader)
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
                Self::Pong(message) => ::spice_proto::wire::Encode::wire_len(message),
                Self::Unknown { body, .. } => body.len(),
            }
        }
        #[inline]
        fn measure(
            &self,
            measure: &mut ::spice_proto::wire::Measure,
        ) -> Result<(), ::spice_proto::wire::EncodeError> {
            match self {
                Self::Pong(message) => {
                    measure.field(message, &super::NAMES, super::field::PONG)
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
                Self::Pong(message) => {
                    ::spice_proto::wire::Encode::write(message, writer)
                }
                Self::Unknown { body, .. } => writer.bulk(body),
            }
        }
    }
}
/// The channels of Example: types for `channel::ClientEnd` and `channel::ServerEnd`.
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
pub mod channel {
    /// Also asks.
    ///
    /// Channel 1 of the protocol.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Main;
    impl ::spice_proto::channel::Channel for Main {
        type ServerMessage<'a> = super::ping::ServerMessage<'a>;
        type ClientMessage<'a> = super::ping::ClientMessage<'a>;
        fn channel_type(&self) -> ::spice_proto::ChannelType {
            ::spice_proto::ChannelType(1)
        }
    }
    /// Between ships.
    ///
    /// Channel 200 of the protocol.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Ships;
    impl ::spice_proto::channel::Channel for Ships {
        type ServerMessage<'a> = super::ship::ServerMessage<'a>;
        type ClientMessage<'a> = super::ship::ClientMessage<'a>;
        fn channel_type(&self) -> ::spice_proto::ChannelType {
            ::spice_proto::ChannelType(200)
        }
    }
    impl<'a> ::spice_proto::channel::ChannelMessage<'a>
    for super::ping::ServerMessage<'a> {
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
    for super::ping::ClientMessage<'a> {
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
    for super::ship::ServerMessage<'a> {
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
    for super::ship::ClientMessage<'a> {
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
    &["topic", "kind", "size", "data", "ping", "ask", "tell", "pong"],
);
/// Their places in [`NAMES`].
#[allow(clippy::all, clippy::pedantic, deprecated, unreachable_pub, unused)]
mod field {
    use ::spice_proto::wire::Field;
    pub(super) const TOPIC: Field = Field(0);
    pub(super) const KIND: Field = Field(1);
    pub(super) const SIZE: Field = Field(2);
    pub(super) const DATA: Field = Field(3);
    pub(super) const PING: Field = Field(4);
    pub(super) const ASK: Field = Field(5);
    pub(super) const TELL: Field = Field(6);
    pub(super) const PONG: Field = Field(7);
}
