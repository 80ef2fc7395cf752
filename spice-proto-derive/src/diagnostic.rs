//! Findings about a description: numbered codes, places, help, and how they are shown.
//!
//! ```text
//! error[E0007]: expected `;` after the field name, found `}`
//!   --> display.proto:3:14
//!    |
//!  3 |     uint32 id }
//!    |               ^ expected `;`
//!    |
//!    = help: ...
//! ```
//!
//! A [`Diagnostic`] knows bytes only; [`Diagnostic::display`] and [`Diagnostics::display`] join it with its
//! [text or texts](Texts). What one run gives is collected in [`Diagnostics`], which keeps the order of the text and at most
//! [`Diagnostics::LIMIT`] of them.

#[cfg(feature = "tools")]
mod explain;
mod foreign;
mod nearest;
mod render;

use std::fmt;

use crate::source::Span;
use crate::source::Texts;

#[cfg(feature = "tools")]
pub use explain::examples;
#[cfg(feature = "tools")]
pub use explain::explain;
pub(crate) use foreign::foreign_definition;
pub(crate) use foreign::foreign_type;
pub(crate) use nearest::nearest;

/// One finding about a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule it is about.
    pub code: Code,
    /// What is wrong: one phrase in lower case without a full stop.
    pub message: String,
    /// The place that the carets point to. An empty span points between two bytes.
    pub span: Span,
    /// A few words behind the carets.
    pub label: Option<String>,
    /// Other places that matter, such as where a name was defined first.
    pub secondary: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Another place that a diagnostic shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words about it.
    pub text: String,
}

impl Diagnostic {
    /// A finding with its place, without label and help.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, label: None, secondary: Vec::new(), help: None }
    }

    /// The same with a few words behind the carets.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// The same with one more place ("first defined here").
    #[must_use]
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Error or warning: a property of its code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The finding as text with the lines of the source that it is about; ends with a line feed.
    #[must_use]
    pub fn display<'a>(&'a self, texts: &'a impl Texts) -> impl fmt::Display + 'a {
        render::OneDiagnostic { diagnostic: self, texts: texts.texts() }
    }

    /// What the findings of one file are ordered by: place first.
    fn order(&self) -> (Span, Code, &str) {
        (self.span, self.code, &self.message)
    }
}

/// What was found in one file, in the order of the text.
///
/// However much is pushed, only [`Diagnostics::LIMIT`] are kept, errors before warnings and earlier places before
/// later ones; the others are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    hidden_errors: usize,
    hidden_warnings: usize,
}

impl Diagnostics {
    /// The most that are shown for one file.
    pub const LIMIT: usize = 100;

    /// Nothing found so far.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), hidden_errors: 0, hidden_warnings: 0 }
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
        if self.list.len() >= 2 * Self::LIMIT {
            self.settle();
        }
    }

    /// Adds what another pass has found.
    pub fn append(&mut self, other: Self) {
        self.hidden_errors += other.hidden_errors;
        self.hidden_warnings += other.hidden_warnings;
        self.extend(other.list);
    }

    /// The findings to show, by place, at most [`Diagnostics::LIMIT`].
    #[must_use]
    pub fn to_vec(&self) -> Vec<Diagnostic> {
        let mut settled = self.clone();
        settled.settle();
        settled.list
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many were found, those that are not kept included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len() + self.hidden_errors + self.hidden_warnings
    }

    /// Whether an error is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.hidden_errors > 0 || self.list.iter().any(|found| found.severity() == Severity::Error)
    }

    /// All of them as text, with an empty line between two, and a last line that says how many more there are.
    #[must_use]
    pub fn display<'a>(&'a self, texts: &'a impl Texts) -> impl fmt::Display + 'a {
        let mut settled = self.clone();
        settled.settle();
        render::AllDiagnostics { diagnostics: settled, texts: texts.texts() }
    }

    /// Sorts, and drops what is beyond the limit.
    fn settle(&mut self) {
        if self.list.len() > Self::LIMIT {
            self.list.sort_by(|a, b| (a.severity(), a.order()).cmp(&(b.severity(), b.order())));
            for dropped in self.list.drain(Self::LIMIT..) {
                match dropped.severity() {
                    Severity::Error => self.hidden_errors += 1,
                    Severity::Warning => self.hidden_warnings += 1,
                }
            }
        }
        self.list.sort_by(|a, b| a.order().cmp(&b.order()));
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::new();
        all.extend(diagnostics);
        all
    }
}

/// Whether a finding stops the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth a look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Makes [`Code`] from its table. A line is `Name = Severity number, "what the rule says";`.
macro_rules! codes {
    ($($name:ident = $severity:ident $number:literal, $explanation:literal;)*) => {
        /// The number of a rule: `E` for errors, `W` for warnings, and four digits. A number is never used again
        /// for another rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $explanation] $name = $number,)*
        }

        impl Code {
            /// Every code, by rising number.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Whether findings of this code are errors or warnings.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The rule in one sentence.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

impl Code {
    /// The code that is written so: `E0007`, in letters of any case, or its number alone.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let number = name.strip_prefix(['E', 'e', 'W', 'w']).unwrap_or(name);
        let number =
            number.parse::<u16>().ok().filter(|_| number.starts_with(|c: char| c.is_ascii_digit()))?;
        Self::ALL.iter().copied().find(|code| *code as u16 == number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.severity() {
            Severity::Error => 'E',
            Severity::Warning => 'W',
        };
        write!(f, "{letter}{:04}", *self as u16)
    }
}

// Numbers below 100 are for the text and its grammar, those from 101 on for the checks of the model.
codes! {
    TextTooLong = Error 1, "A description has at most 16 MiB of text.";
    UnknownCharacter = Error 2, "No part of the language starts with this character.";
    UnclosedComment = Error 3, "A comment that starts with `/*` ends with `*/`.";
    MalformedNumber = Error 4, "A number is decimal with an optional sign, or `0x` with hexadecimal digits.";
    NumberTooLarge = Error 5, "A number fits 64 bits, signed or unsigned.";
    MisplacedDoc = Error 6, "A `///` comment has lines of its own, in front of what it describes.";
    UnexpectedToken = Error 7, "The grammar wants something else here.";
    UnclosedBrace = Error 8, "Every `{` is closed by a `}`.";
    NestingTooDeep = Error 9, "Bodies stand in each other at most 64 levels deep.";
    UnknownDefinition = Error 10, "A file is made of `import`, `extend`, `module`, `typedef`, `struct`, `message`, `enum`, `flags`, `capabilities`, `channel` and `protocol`.";
    InvalidName = Error 11, "A name starts with an ASCII letter; only items of enumerations may start with a digit or `_`.";
    ReservedName = Error 12, "A definition cannot have the name of a built-in type, nor a word that starts something else where a type may stand.";
    MissingComma = Error 13, "Items of an enumeration are separated by commas.";
    EmptyEnum = Error 14, "An enumeration has at least one item.";
    EmptySwitch = Error 15, "A switch has at least one case.";
    CaseMember = Error 16, "A case has exactly one member.";
    UnknownSection = Error 17, "The labels in a channel are `server:`, `client:` and `both:`.";
    ArraySize = Error 18, "An array size is nothing, a number, a field, `image_size(bits, width, rows)` or `cstring()`.";
    AddressTarget = Error 19, "The target of an address is an integer type or the name of a structure.";
    UnknownAttribute = Error 20, "Attributes are known by name.";
    RemovedAttribute = Error 21, "`@minor` and `@bytes` are no longer part of the language.";
    AttributeArguments = Error 22, "Each attribute takes arguments of its own number and kind.";
    AttributePlace = Error 23, "Each attribute belongs to certain constructs.";
    DuplicateAttribute = Error 24, "An attribute stands at most once on one thing.";
    AttributeConflict = Error 25, "A member has at most one of `@end`, `@to_ptr`, `@as_ptr`, `@ptr_array`, `@zero` and `@chunk`.";
    NestedDefinition = Error 26, "Definitions do not stand in each other.";
    UnclosedString = Error 27, "A text in quotes ends in its line.";
    ImportPath = Error 28, "The path of an import is not empty and separates folders by `/`.";
    ImportUnreadable = Error 29, "The description that an import names can be read.";
    ImportCycle = Error 30, "No description imports itself.";
    TooManyImports = Error 31, "A description has at most 256 imports and 256 MiB of text, all that it imports included.";
    ExtensionParts = Error 32, "An extension adds items, messages or channels, and nothing else.";

    DuplicateName = Error 101, "Types and channels share one name space, and each name is defined once.";
    DuplicateField = Error 102, "The members of a structure have different names.";
    DuplicateItem = Error 103, "The items of an enumeration have different names.";
    DuplicateValue = Error 104, "The items of an enumeration have different values.";
    ItemValue = Error 105, "The value of an item fits the width of its enumeration.";
    NameTooLong = Error 106, "A name has at most 128 characters.";
    SameOutputName = Error 107, "Names of one scope stay different in the outputs.";
    UnknownType = Error 108, "A type is defined somewhere.";
    UsedBeforeDefinition = Error 109, "A type is defined before it is used.";
    RecursiveStruct = Error 110, "No structure reaches itself.";
    NotAType = Error 111, "A field has a type: channels and capability lists are none.";
    PointerTarget = Error 112, "A pointer leads to a structure or to an array.";
    PointerArrayElement = Error 113, "The elements of an array behind a pointer have a fixed size.";
    RequiredWithoutPointer = Error 114, "`@nonnull` belongs to pointers.";
    UnknownCount = Error 115, "The length of an array names a field of the same structure.";
    CountLater = Error 116, "The length of an array stands before the array.";
    CountType = Error 117, "The length of an array is an unsigned integer.";
    CountAbsent = Error 118, "The length of an array is on the wire whenever the array is.";
    AmbiguousCount = Error 119, "The length of an array names one field.";
    ArrayLength = Error 120, "A constant length is not negative, and an array is smaller than 4 GiB.";
    ArrayElement = Error 121, "The elements of an array are integers, enumerations, addresses or structures.";
    EmptyElement = Error 122, "An element of an array takes at least one byte.";
    PointerInElement = Error 123, "The elements of an array hold no pointers.";
    RestNotLast = Error 124, "What takes all bytes to the end of the message stands last in its body.";
    RestElement = Error 125, "The elements of an array to the end of the message have a fixed size.";
    CStringInLine = Error 126, "A `cstring()` stands behind a pointer.";
    CStringElement = Error 127, "The elements of a `cstring()` are integers of 8 bits.";
    ImageSizeBits = Error 128, "A pixel of an `image_size()` has 1 to 64 bits.";
    ImageSizeElement = Error 129, "The elements of an `image_size()` array are integers of 8 bits.";
    UnknownSelector = Error 130, "A selector names a field of the same structure, or one inside it.";
    SelectorLater = Error 131, "The selector stands before its switch.";
    SelectorType = Error 132, "A selector is an enumeration or a flag set.";
    SelectorAbsent = Error 133, "A selector is always on the wire.";
    UnknownCase = Error 134, "A case names an item of the selector's type.";
    UnreachableCase = Error 135, "Every label of a switch can be chosen.";
    NegatedCase = Error 136, "`case !X` is for flags.";
    SwitchSize = Error 137, "The size of a switch has room for each of its cases.";
    SwitchSizeVariable = Error 138, "The cases of a switch with a size have fixed sizes, and no pointers and ranges.";
    CaseAttribute = Error 139, "The member of a case cannot have `@if`, `@range`, `@zero` or `@virtual`.";
    RangeType = Error 140, "`@range` belongs to integers that are always there.";
    RangeLimits = Error 141, "The limits of a range rise and fit the type.";
    MaxType = Error 142, "`@max` belongs to arrays whose length varies.";
    MaxValue = Error 143, "The limit of an array is at least 1.";
    TextType = Error 144, "`@text` belongs to arrays of `uint8`.";
    ZeroType = Error 145, "`@zero` belongs to integers, enumerations, addresses, and arrays of them with a constant length.";
    VirtualType = Error 146, "`@virtual` belongs to integers and enumerations, alone.";
    VirtualValue = Error 147, "The value of a virtual field fits its type.";
    ExactPointers = Error 148, "A structure with `@exact` holds no pointers, whose targets would stand behind it.";
    UnknownCapability = Error 149, "A capability is an item of a capability list.";
    ConditionLists = Error 150, "All conditions in one message name the same capability list.";
    StructTooLarge = Error 151, "A structure takes less than 4 GiB and has at most 4096 fields, all that it holds included.";
    StructsTooDeep = Error 152, "Structures hold each other at most 64 levels deep.";
    UnknownChannel = Error 153, "A channel is defined before it is used.";
    MessageBody = Error 154, "The body of a message is a structure.";
    DuplicateMessage = Error 155, "The messages of one direction of a channel have different names, inherited ones included.";
    DuplicateNumber = Error 156, "The messages of one direction of a channel have different numbers, inherited ones included.";
    MessageNumber = Error 157, "A message number fits the width of the channel's message numbers.";
    MixedSections = Error 158, "A channel has messages for both sides, or messages of each side, not both kinds.";
    IdWidth = Error 159, "Message numbers are `uint16` or `uint32`.";
    SecondProtocol = Error 160, "A description has at most one protocol.";
    DuplicateProtocolChannel = Error 161, "The channels of a protocol have different names and numbers.";
    ChannelNumber = Error 162, "A channel number fits 8 bits.";
    TooManyChannels = Error 163, "A description has at most 256 channels.";
    TooManyMessages = Error 164, "A channel has at most 1024 messages in each direction.";
    SharedModule = Error 165, "A module has at most one channel, whose messages outputs gather under its name.";
    UnusedStruct = Warning 166, "A structure or enumeration that no message leads to, and that has no layout, is left out of the outputs.";
    CommonNumber = Warning 167, "Messages that nobody numbers do not get the numbers of SPICE's common messages, on which the library's ends act.";
    BigEndianList = Error 168, "In a structure with `@big_endian`, integers of more than 8 bits stand alone or in arrays of constant length.";
    UnknownExtension = Error 171, "An extension names a definition of the same kind that stands in front of it.";
    ExtensionNumber = Error 172, "The first addition of an extension has a number of its own.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn code_numbers_rise_and_explanations_are_sentences() {
        assert!(Code::ALL.is_sorted_by(|a, b| (*a as u16) < (*b as u16)));
        for code in Code::ALL {
            assert!(code.explanation().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn codes_show_their_letter_and_four_digits() {
        assert_eq!(Code::TextTooLong.to_string(), "E0001");
        for code in Code::ALL {
            assert_eq!(Code::from_name(&code.to_string()), Some(*code));
        }
        assert_eq!(Code::from_name("e1"), Some(Code::TextTooLong));
        for wrong in ["", "E", "E0000", "E+1", "Ö1", "E99999", "EE0001"] {
            assert_eq!(Code::from_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn diagnostics_keep_the_first_hundred_by_place_and_count_the_rest() {
        let found: Diagnostics = (0..1000)
            .rev()
            .map(|place| Diagnostic::new(Code::UnexpectedToken, Span::new(place, place + 1), "no"))
            .collect();
        let kept = found.to_vec();
        assert_eq!(found.len(), 1000);
        assert_eq!(kept.len(), Diagnostics::LIMIT);
        assert_eq!((kept[0].span.start, kept[99].span.start), (0, 99));
        let text = found.display(&Source::new("a", "x".repeat(2000))).to_string();
        assert!(text.ends_with("\nerror: 900 more errors are not shown\n"), "{text}");
    }
}
