//! The checked model: everything a back end needs to know about a wire, and nothing that it would have to check.
//!
//! A [`Model`] is made by [`Model::build`] from a syntax tree. After that every name is resolved, every number is
//! assigned, every size computed; a count always counts an array, a selector always has an enumeration as its
//! type, pointers end after [`Struct::pointer_depth`] steps. Definitions refer to each other by index
//! ([`EnumId`], [`StructId`], [`ChannelId`], [`ModuleId`]); index the vectors of the model with `model[id]`.
//!
//! ```text
//! Model ── modules      names that outputs group definitions under
//!       ── enums        enumerations, flag sets, capability lists
//!       ── structs      structures and message bodies; defined before used
//!       ── channels     messages of both directions, inherited ones included
//!       ── protocol     which channel has which number
//! ```

mod attribute;
mod builder;
mod capability;
mod channel;
mod check;
mod common;
#[cfg(feature = "tools")]
pub mod diff;
mod layout;
mod lower;
mod measure;
pub mod names;
pub(crate) mod naming;
mod number;
mod outputs;
mod reach;
mod reference;
mod resolve;
mod types;

use crate::diagnostic::Diagnostics;
use crate::source::Span;
use crate::syntax::ast::Description;

/// A whole description, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What outputs are called: the protocol's name in snake case. Without a protocol [`compile`](crate::compile) takes the
    /// name of the file.
    pub name: String,
    /// The texts that the description imports, each once, in the order of their places.
    pub imports: Vec<Import>,
    /// The modules in order of first appearance. The first is the nameless root, which holds what a description
    /// without `module` lines defines.
    pub modules: Vec<Module>,
    /// Enumerations, flag sets and capability lists in the order of the file.
    pub enums: Vec<Enum>,
    /// Structures and message bodies. A structure stands after every structure it holds or points to; only guest
    /// addresses may lead to itself or to later ones. Without those to which no message leads and that have no layout:
    /// [`Model::warnings`] names them.
    pub structs: Vec<Struct>,
    /// Channels in the order of the file; a base stands before what derives from it.
    pub channels: Vec<Channel>,
    /// The protocol, if the description has one.
    pub protocol: Option<Protocol>,
    /// What is worth a look and stops nothing, such as structures that were left out.
    pub warnings: Diagnostics,
}

impl Model {
    /// Checks a description and computes everything that follows from it.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the text. What only follows from another mistake is left out.
    /// Where nothing is wrong, what is worth a look is in [`Model::warnings`].
    pub fn build(description: &Description) -> Result<Self, Diagnostics> {
        lower::build(description)
    }

    /// The imported text that a place lies in; none for places in the description itself.
    #[must_use]
    pub fn import_of(&self, span: Span) -> Option<&Import> {
        let next = self.imports.partition_point(|import| import.places.start <= span.start);
        self.imports.get(next.checked_sub(1)?)
    }

    /// The structures, by index.
    pub fn struct_ids(&self) -> impl Iterator<Item = StructId> + use<> {
        (0..self.structs.len()).map(StructId)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident => $field:ident: $item:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(pub(super) usize);

        impl $id {
            /// Position in the model's vector.
            #[must_use]
            pub fn index(self) -> usize {
                self.0
            }
        }

        impl std::ops::Index<$id> for Model {
            type Output = $item;

            // Only the model makes ids, and it never takes anything out of its vectors.
            #[expect(clippy::indexing_slicing, reason = "ids are positions in the vectors of their model")]
            fn index(&self, id: $id) -> &$item {
                &self.$field[id.0]
            }
        }
    )*};
}

ids! {
    /// A module of the model.
    ModuleId => modules: Module;
    /// An enumeration of the model.
    EnumId => enums: Enum;
    /// A structure of the model.
    StructId => structs: Struct;
    /// A channel of the model.
    ChannelId => channels: Channel;
}

/// A text that a description imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path with which it was imported first.
    pub path: String,
    /// All places in it.
    pub places: Span,
}

/// A group of definitions in the outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name in snake case; empty for the root.
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
}

/// What the items of an [`Enum`] number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumKind {
    /// Values; exactly one holds.
    Enum,
    /// Bits of an integer.
    Flags,
    /// Bits of a list of 32-bit words.
    Capabilities,
}

/// An enumeration, a flag set or a capability list. All are open: any value may occur on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Name as written.
    pub name: String,
    /// Its module.
    pub module: ModuleId,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// What the items number.
    pub kind: EnumKind,
    /// Width on the wire in bits: 8, 16 or 32. Capability lists have words of 32.
    pub bits: u8,
    /// The items, values unique.
    pub items: Vec<EnumItem>,
    /// Where it is defined.
    pub span: Span,
}

/// An item of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumItem {
    /// Name as written; it may start with a digit.
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// The value of an enumeration's item, the bit number of any other.
    pub value: u32,
    /// Marked `@deprecated`.
    pub deprecated: bool,
    /// The capability from which on peers use it.
    pub since: Option<Capability>,
    /// Where its name stands.
    pub span: Span,
}

/// A reference to an item of a capability list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// The list.
    pub list: EnumId,
    /// Position of the item in [`Enum::items`].
    pub item: usize,
}

/// Byte order of a structure's integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first: everything of SPICE but some codec headers.
    #[default]
    Little,
    /// Most significant byte first (`@big_endian`).
    Big,
}

/// A structure or message body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Name as written; a message defined in place has the name of its channel member in camel case.
    pub name: String,
    /// Its module.
    pub module: ModuleId,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// Byte order of its own integers.
    pub byte_order: ByteOrder,
    /// Bytes after the last field are refused (`@exact`).
    pub exact: bool,
    /// The capability from which on peers use it; documentation only.
    pub since: Option<Capability>,
    /// Fields in wire order.
    pub fields: Vec<Field>,
    /// Bytes in line, without what pointers lead to.
    pub size: Size,
    /// Most pointers that can follow each other from here: 0 without pointers.
    pub pointer_depth: usize,
    /// The capability list whose bits decide about fields of this structure or of one that it holds.
    pub conditions: Option<EnumId>,
    /// Where it is defined.
    pub span: Span,
}

/// How many bytes something takes in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The fewest bytes it can take.
    pub min: u64,
    /// Whether it always takes exactly that many.
    pub fixed: bool,
}

/// A field of a structure, or the member of a switch's arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name as written.
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// Its type, typedefs resolved.
    pub ty: Type,
    /// The typedef it was written with, if any.
    pub alias: Option<String>,
    /// Bytes from the start of the structure, where all fields before it have a fixed size. The members of a
    /// switch's arms have the offset of the switch.
    pub offset: Option<u64>,
    /// Bytes in line: 4 for a pointer. With a condition the fewest are 0.
    pub size: Size,
    /// What else it is for.
    pub role: Role,
    /// Values outside this range are refused (`@range(min, max)`), both ends included.
    pub range: Option<(i128, i128)>,
    /// Arrays of more elements are refused (`@max(n)`).
    pub max: Option<u64>,
    /// The capability from which on peers use it; documentation only.
    pub since: Option<Capability>,
    /// Present only when this capability holds (`@if(CAPABILITY)`).
    pub condition: Option<Capability>,
    /// Never to be shown (`@sensitive`).
    pub sensitive: bool,
    /// Bytes that are text (`@text`).
    pub text: bool,
    /// Where it is defined.
    pub span: Span,
}

/// What a field is for besides its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing else.
    Plain,
    /// It is a direct field of the structure and holds the number of elements of one or more arrays, and a writer
    /// can derive it from the first of them: an array that is always there (in line or behind a required pointer,
    /// not in an arm, not under `@if`). Any other count is [`Role::Plain`], since null and absent arrays go with
    /// any count.
    Count {
        /// The arrays, the one to derive it from first, the others in wire order; never empty.
        arrays: Vec<FieldRef>,
    },
    /// Written as zero, not handed out (`@zero`).
    Zero,
    /// Takes no bytes and always has this value (`@virtual(n)`).
    Virtual(i128),
}

/// A field of the same structure: directly, or in an arm of a switch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// Position in [`Struct::fields`].
    pub field: usize,
    /// Where that field is a switch: the arm.
    pub arm: Option<usize>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// An integer.
    Int(Int),
    /// An enumeration or a flag set.
    Enum(EnumId),
    /// A structure in line.
    Struct(StructId),
    /// Elements in line.
    Array(Array),
    /// A 32-bit offset from the start of the message body, 0 for null.
    Pointer(Pointer),
    /// One of several members, or none.
    Switch(Switch),
    /// A 64-bit guest address (QXL).
    Address(AddressTarget),
    /// A file descriptor passed beside the stream; no bytes.
    UnixFd,
}

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int {
    /// Two's complement.
    pub signed: bool,
    /// 8, 16, 32 or 64.
    pub bits: u8,
}

impl Int {
    /// The smallest and the largest value.
    #[must_use]
    pub fn range(self) -> (i128, i128) {
        match (self.signed, self.bits) {
            (false, bits) => (0, (1 << bits) - 1),
            (true, bits) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        }
    }
}

/// An array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// Type of the elements.
    pub element: Element,
    /// How many there are.
    pub length: Length,
}

/// Type of an array's elements. Elements hold no pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Integers; unsigned ones of 8 bits make a byte run.
    Int(Int),
    /// Enumerations or flag sets.
    Enum(EnumId),
    /// Structures; they follow each other without gaps even where their size varies.
    Struct(StructId),
    /// Guest addresses.
    Address(AddressTarget),
}

/// Length of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A constant number of elements.
    Constant(u64),
    /// The value of an earlier field of the structure (for the member of an arm: of the structure that holds
    /// the switch).
    Field(FieldRef),
    /// `ceil(bits_per_pixel * width / 8) * height` bytes, from earlier fields.
    ImageSize {
        /// Bits of a pixel.
        bits_per_pixel: u64,
        /// Field with the width in pixels.
        width: FieldRef,
        /// Field with the number of rows.
        height: FieldRef,
    },
    /// Everything to the end of the message; a remainder smaller than an element is left over.
    Rest,
    /// Up to and with a zero byte; only behind a pointer.
    CString,
}

/// A pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// What it leads to.
    pub target: PointerTarget,
    /// Null is refused (`@nonnull`).
    pub required: bool,
}

/// Target of a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointerTarget {
    /// A structure.
    Struct(StructId),
    /// An array of integers, enumerations or structures of fixed size without pointers.
    Array(Array),
}

/// What stands at a guest address, for documentation and for a reader of guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressTarget {
    /// An integer.
    Int(Int),
    /// A structure.
    Struct(StructId),
}

/// A choice by an earlier field. Arms are tried in order; where none holds there are no bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The fields that lead to the selector: the first in this structure, the next inside it, and so on.
    pub selector: Vec<usize>,
    /// Type of the selector: an enumeration or a flag set.
    pub selector_type: EnumId,
    /// The arms; at least one.
    pub arms: Vec<Arm>,
    /// The switch always takes this many bytes, unused ones at the end (`@size(n)`).
    pub fixed_size: Option<u64>,
}

/// An arm of a switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The arm is chosen when one of these holds; at least one.
    pub labels: Vec<Label>,
    /// Its member.
    pub field: Field,
}

/// Condition of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// The selector has the value (enumeration) or the bit (flags) of this item; with `negated` it has not.
    /// Negation is for flags only.
    Item {
        /// Position in [`Enum::items`] of the selector's type.
        item: usize,
        /// Whether the bit has to be clear.
        negated: bool,
    },
    /// Always.
    Default,
}

/// A channel: the messages of one kind of connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Name as written (`DisplayChannel`).
    pub name: String,
    /// The module of its message types: named like the channel without `Channel`, in snake case.
    pub module: ModuleId,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// The channel it inherits from.
    pub base: Option<ChannelId>,
    /// Its capability list (`@capabilities(NAME)`), own or inherited.
    pub capabilities: Option<EnumId>,
    /// Width of message numbers in bits: 16 in SPICE channels, 32 with `@ids(uint32)`.
    pub id_bits: u8,
    /// Server to client, inherited ones included, by rising number.
    pub server: Vec<Message>,
    /// Client to server, inherited ones included, by rising number.
    pub client: Vec<Message>,
    /// Either direction, by rising number. A channel has this list or the other two, not both.
    pub both: Vec<Message>,
    /// Where it is defined.
    pub span: Span,
}

/// A message of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Name as written (`draw_copy`).
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// Number on the wire.
    pub number: u32,
    /// Its body.
    pub body: StructId,
    /// The channel that declares it.
    pub channel: ChannelId,
    /// The capability from which on peers use it; documentation only.
    pub since: Option<Capability>,
    /// Marked `@deprecated`.
    pub deprecated: bool,
    /// Where it is declared.
    pub span: Span,
}

/// The channels of a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Name as written.
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// The channels by rising number.
    pub channels: Vec<ProtocolChannel>,
    /// Where it is defined.
    pub span: Span,
}

/// A channel in a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolChannel {
    /// Name in the protocol (`display`).
    pub name: String,
    /// Documentation, one entry a line.
    pub docs: Vec<String>,
    /// Number on the wire.
    pub number: u32,
    /// Its messages.
    pub channel: ChannelId,
    /// Where it is declared.
    pub span: Span,
}

#[cfg(test)]
mod tests;
