//! The syntax tree: a description as it is written, with a span on every node.
//!
//! Nothing is resolved here: names are text, numbers are optional, order is that of the file. The language is
//! described in `docs/language.md`; the part shared with the SPICE project's own descriptions in
//! `docs/spec/language.md` section 6.

use crate::source::Span;

/// A name with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// The `///` lines in front of an item: one entry a line, without the slashes and one following space.
pub type Docs = Vec<String>;

/// One description file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The definitions in the order of the file.
    pub definitions: Vec<Definition>,
}

/// A definition at the top level of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definition {
    /// `import "PATH";`: what another description defines is defined here too (our addition).
    Import(Import),
    /// `extend ...`: more of something that is defined already (our addition).
    Extend(Extend),
    /// `module NAME;`: what follows belongs to this module of the outputs (our addition).
    Module(Module),
    /// `typedef NAME TYPE;`
    Typedef(Typedef),
    /// `struct NAME { ... };` or `message NAME { ... };`
    Struct(Struct),
    /// `enum8|16|32`, `flags8|16|32` or `capabilities` (our addition) `NAME { ... };`
    Enum(Enum),
    /// `channel NAME : BASE { ... };`
    Channel(Channel),
    /// `protocol NAME { ... };`
    Protocol(Protocol),
}

/// `import "PATH";`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path between the quotes.
    pub path: String,
    /// Where the path stands, with its quotes.
    pub path_span: Span,
    /// What the path leads to. [`crate::import::load`] fills it in: with nothing where an earlier import has brought
    /// the same text. A tree that comes from [`super::parse`] has none.
    pub description: Option<Box<Description>>,
    /// The places of the text that it brings in, if it does: also filled in by [`crate::import::load`].
    pub places: Option<Span>,
    /// The whole directive.
    pub span: Span,
}

/// `extend CONSTRUCT NAME { ... };`, written as the definition of which it continues the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extend {
    /// `extend channel NAME { ... };`: it has no base, and no attribute but `@capabilities`.
    Channel(Channel),
    /// `extend enum8 NAME { ... };` and the like, without attributes.
    Enum(Enum),
    /// `extend protocol NAME { ... };`
    Protocol(Protocol),
}

/// `module NAME;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Documentation of the module.
    pub docs: Docs,
    /// Name of the module.
    pub name: Ident,
    /// The whole directive.
    pub span: Span,
}

/// `typedef NAME TYPE attributes;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typedef {
    /// Documentation.
    pub docs: Docs,
    /// The new name.
    pub name: Ident,
    /// What it stands for.
    pub ty: Type,
    /// Attributes after the type; behind the brace of a structure in line they are the structure's.
    pub attributes: Vec<Attribute>,
    /// The whole definition.
    pub span: Span,
}

/// Whether a body was written as `struct` or as `message`. Both lie alike on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructKeyword {
    /// `struct`
    Struct,
    /// `message`
    Message,
}

/// `struct NAME { members } attributes`, at the top level or in line as the type of a variable, or a message defined
/// in place in a channel (whose name is then that of the channel member).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Documentation; empty for structures in line.
    pub docs: Docs,
    /// Which keyword introduced it.
    pub keyword: StructKeyword,
    /// Name.
    pub name: Ident,
    /// Fields and switches in wire order.
    pub members: Vec<Member>,
    /// Attributes after the closing brace.
    pub attributes: Vec<Attribute>,
    /// From the keyword to the end of the attributes.
    pub span: Span,
}

/// A member of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// `TYPE NAME ...;`
    Variable(Variable),
    /// `switch (selector) { ... } NAME ...;`
    Switch(Switch),
}

/// `TYPE [*] NAME [ [size] ] attributes ;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Documentation.
    pub docs: Docs,
    /// The type written in front.
    pub ty: Type,
    /// Whether a `*` stands before the name.
    pub pointer: bool,
    /// Name.
    pub name: Ident,
    /// The array brackets, if any.
    pub array: Option<ArraySize>,
    /// Attributes before the `;`.
    pub attributes: Vec<Attribute>,
    /// The whole member.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `int8` ... `uint64`
    Int {
        /// `int` or `uint`.
        signed: bool,
        /// 8, 16, 32 or 64.
        bits: u8,
        /// Where.
        span: Span,
    },
    /// `unix_fd`: no bytes, passed beside the stream.
    UnixFd(Span),
    /// `address(TARGET)`: a 64-bit QXL guest address (our addition). The target is an integer type or a structure.
    Address {
        /// What stands at the address.
        target: Box<Type>,
        /// Where.
        span: Span,
    },
    /// `struct NAME { ... }` in line.
    Struct(Box<Struct>),
    /// A name defined elsewhere.
    Named(Ident),
}

/// What stands between the brackets of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArraySize {
    /// `[]`: to the end of the message.
    Rest(Span),
    /// `[12]`
    Constant(Integer),
    /// `[count_field]`
    Field(Ident),
    /// `[image_size(bits_per_pixel, width, height)]`
    ImageSize {
        /// Bits of a pixel.
        bits_per_pixel: Integer,
        /// Field with the width in pixels.
        width: Ident,
        /// Field with the number of rows.
        height: Ident,
        /// Where.
        span: Span,
    },
    /// `[cstring()]`: up to and with a zero byte.
    CString(Span),
}

/// An integer literal, decimal or hexadecimal; negative only in decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer {
    /// Its value.
    pub value: i128,
    /// Whether it was written with `0x`.
    pub hex: bool,
    /// Where.
    pub span: Span,
}

/// `switch (a.b) { cases } NAME attributes ;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Documentation.
    pub docs: Docs,
    /// The selector: field names separated by dots.
    pub selector: Vec<Ident>,
    /// The cases in order; at least one.
    pub cases: Vec<Case>,
    /// Name of the switch.
    pub name: Ident,
    /// Attributes before the `;`.
    pub attributes: Vec<Attribute>,
    /// The whole member.
    pub span: Span,
}

/// `case A: case !B: default: VARIABLE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The labels; at least one.
    pub labels: Vec<Label>,
    /// The member that they choose.
    pub variable: Variable,
}

/// One label of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// `case NAME:` or `case !NAME:`
    Case {
        /// Whether `!` stands before the name.
        negated: bool,
        /// Item of the selector's enumeration; it may start with a digit.
        name: Ident,
    },
    /// `default:`
    Default(Span),
}

/// Which construct an [`Enum`] was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumKeyword {
    /// `enum8`, `enum16`, `enum32`: items are values.
    Enum(u8),
    /// `flags8`, `flags16`, `flags32`: items are bit numbers.
    Flags(u8),
    /// `capabilities`: items are bit numbers in a list of 32-bit words of any length (our addition).
    Capabilities,
}

/// An enumeration, flag set or capability list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Documentation.
    pub docs: Docs,
    /// Construct and width in bits.
    pub keyword: EnumKeyword,
    /// Name.
    pub name: Ident,
    /// Items in order.
    pub items: Vec<EnumItem>,
    /// Attributes after the closing brace.
    pub attributes: Vec<Attribute>,
    /// The whole definition.
    pub span: Span,
}

/// `NAME = VALUE attributes`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumItem {
    /// Documentation.
    pub docs: Docs,
    /// Name; it may start with a digit.
    pub name: Ident,
    /// Value as written, if any.
    pub value: Option<Integer>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
}

/// `channel NAME : BASE { ... } attributes ;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Documentation.
    pub docs: Docs,
    /// Name.
    pub name: Ident,
    /// The channel whose messages it inherits.
    pub base: Option<Ident>,
    /// Labels and members in order.
    pub members: Vec<ChannelMember>,
    /// Attributes after the closing brace.
    pub attributes: Vec<Attribute>,
    /// The whole definition.
    pub span: Span,
}

/// A part of a channel's body.
#[expect(clippy::large_enum_variant, reason = "nearly all members of a channel are messages")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelMember {
    /// `server:`, `client:` or `both:` (our addition): holds for the members that follow.
    Section(Section, Span),
    /// A message of the channel.
    Message(ChannelMessage),
}

/// Who sends the members that follow a section label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Server to client.
    Server,
    /// Client to server.
    Client,
    /// Either side, with one counter of numbers (our addition).
    Both,
}

/// `message { ... } NAME = NUMBER attributes ;` or `MESSAGE NAME = NUMBER attributes ;`
///
/// Attributes behind the number are our addition; those of the body stand behind its brace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMessage {
    /// Documentation.
    pub docs: Docs,
    /// The body.
    pub body: MessageBody,
    /// Name of the member.
    pub name: Ident,
    /// Message number as written, if any.
    pub number: Option<Integer>,
    /// Attributes before the `;`.
    pub attributes: Vec<Attribute>,
    /// The whole member.
    pub span: Span,
}

/// The body of a channel's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageBody {
    /// Defined in place; the name of the structure repeats the member's.
    InPlace(Struct),
    /// The name of a message or structure.
    Named(Ident),
}

/// `protocol NAME { CHANNEL NAME = NUMBER; ... };`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Documentation.
    pub docs: Docs,
    /// Name of the protocol.
    pub name: Ident,
    /// Its channels in order.
    pub channels: Vec<ProtocolChannel>,
    /// The whole definition.
    pub span: Span,
}

/// `CHANNEL NAME = NUMBER ;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolChannel {
    /// Documentation.
    pub docs: Docs,
    /// The channel's type name.
    pub channel: Ident,
    /// Name of the channel in the protocol.
    pub name: Ident,
    /// Channel number as written, if any.
    pub number: Option<Integer>,
    /// The whole member.
    pub span: Span,
}

/// `@name` or `@name(value, ...)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name without the `@`.
    pub name: Ident,
    /// Arguments in order; empty without parentheses.
    pub arguments: Vec<Argument>,
    /// From the `@` to the closing parenthesis.
    pub span: Span,
}

/// An argument of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number.
    Integer(Integer),
    /// A name, with dots in our additions (`DisplayCapability.COMPOSITE`). Names may end in an underscore.
    Path(Vec<Ident>),
}
