//! The descriptions that output languages are tested with, and everything in them by name.

use spice_proto::wire::CapabilitySet;
use spice_proto::wire::arbitrary::Source;
use spice_proto_derive::model::{Channel, EnumId, Message, Model, Struct};
use spice_proto_derive::{compile, source};

use super::verdict::{Ask, Made, Verdict};

#[allow(clippy::useless_conversion, reason = "numbers of messages have 16 or 32 bits")]
#[allow(elided_lifetimes_in_paths, reason = "whether a type borrows is not known where the table is made")]
mod everything {
    use super::super::verdict::{Ask, Made, Verdict, made, message, structure, written};
    use spice_proto::wire::arbitrary::Source;

    include!(concat!(env!("OUT_DIR"), "/everything_table.rs"));
}

#[allow(clippy::useless_conversion, reason = "numbers of messages have 16 or 32 bits")]
#[allow(elided_lifetimes_in_paths, reason = "whether a type borrows is not known where the table is made")]
mod spice {
    use super::super::verdict::{Ask, Made, Verdict, made, message, structure, written};
    use spice_proto::wire::arbitrary::Source;

    include!(concat!(env!("OUT_DIR"), "/spice_table.rs"));
}

/// A description, its model, and the Rust that was made from it.
#[derive(Debug)]
pub struct Description {
    /// Its text.
    pub text: &'static str,
    /// What it says.
    pub model: Model,
    parse_structure: fn(Ask<'_>) -> Option<Verdict>,
    parse_message: fn(Ask<'_>, u32) -> Option<Verdict>,
    make_structure: MakeStructure,
    make_message: MakeMessage,
}

type MakeStructure = for<'a> fn(&str, &str, &mut Source<'_, 'a>) -> Option<Made>;
type MakeMessage = for<'a> fn(&str, &str, u32, &mut Source<'_, 'a>) -> Option<Made>;

/// What bytes are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target<'a> {
    /// A structure or message body, alone: its module and its name as the description spells it.
    Struct {
        /// Empty for the root.
        module: &'a str,
        /// As written.
        name: &'a str,
    },
    /// A message of a channel.
    Message {
        /// The module of the channel.
        module: &'a str,
        /// `server` or `client`, who sends it; `both` where the channel makes no difference.
        direction: &'a str,
        /// Its number; may be one that the description does not know.
        number: u32,
    },
}

impl Description {
    /// `spice.proto`.
    ///
    /// # Panics
    /// When it has errors.
    #[must_use]
    pub fn spice() -> Self {
        Self {
            text: include_str!("../../../spice.proto"),
            model: model("spice.proto", include_str!("../../../spice.proto")),
            parse_structure: spice::parse_structure,
            parse_message: spice::parse_message,
            make_structure: spice::make_structure,
            make_message: spice::make_message,
        }
    }

    /// `outputs/everything.proto`: every construct of the language.
    ///
    /// # Panics
    /// When it has errors.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            text: include_str!("../../outputs/everything.proto"),
            model: model("everything.proto", include_str!("../../outputs/everything.proto")),
            parse_structure: everything::parse_structure,
            parse_message: everything::parse_message,
            make_structure: everything::make_structure,
            make_message: everything::make_message,
        }
    }

    /// What Rust says of bytes; `None` for a target that there is not.
    #[must_use]
    pub fn parse(&self, target: Target<'_>, capabilities: CapabilitySet, body: &[u8]) -> Option<Verdict> {
        match target {
            Target::Struct { module, name } => {
                (self.parse_structure)(Ask { module, name, capabilities, body })
            }
            Target::Message { module, direction, number } => {
                (self.parse_message)(Ask { module, name: direction, capabilities, body }, number)
            }
        }
    }

    /// The bytes of a made-up value; `None` for a target that there is not.
    #[must_use]
    pub fn make(&self, target: Target<'_>, source: &mut Source<'_, '_>) -> Option<Made> {
        match target {
            Target::Struct { module, name } => (self.make_structure)(module, name, source),
            Target::Message { module, direction, number } => {
                (self.make_message)(module, direction, number, source)
            }
        }
    }

    /// All structures and all messages that the description knows.
    #[must_use]
    pub fn targets(&self) -> Vec<Target<'_>> {
        let structures = self.model.structs.iter().map(|item| self.structure(item));
        let messages = self.model.channels.iter().flat_map(|channel| {
            self.lists(channel).into_iter().flat_map(move |(direction, messages)| {
                messages.iter().map(move |message| self.message(channel, direction, message.number))
            })
        });
        structures.chain(messages).collect()
    }

    /// The capability list that decides about the layout of a target.
    #[must_use]
    pub fn conditions(&self, target: Target<'_>) -> Option<EnumId> {
        match target {
            Target::Struct { module, name } => {
                let mut all = self.model.structs.iter();
                let item = all.find(|item| item.name == name && self.model[item.module].name == module)?;
                item.conditions
            }
            Target::Message { module, direction, number } => {
                let mut channels = self.model.channels.iter();
                let channel = channels.find(|channel| self.model[channel.module].name == module)?;
                let (_, list) = self.lists(channel).into_iter().find(|(of, _)| *of == direction)?;
                let message = list.iter().find(|message| message.number == number)?;
                self.model[message.body].conditions
            }
        }
    }

    fn structure<'a>(&'a self, item: &'a Struct) -> Target<'a> {
        Target::Struct { module: &self.model[item.module].name, name: &item.name }
    }

    fn message(&self, channel: &Channel, direction: &'static str, number: u32) -> Target<'_> {
        Target::Message { module: &self.model[channel.module].name, direction, number }
    }

    /// The lists of messages of a channel.
    fn lists<'a>(&self, channel: &'a Channel) -> [(&'static str, &'a [Message]); 3] {
        [("server", &channel.server), ("client", &channel.client), ("both", &channel.both)]
    }
}

fn model(name: &str, text: &str) -> Model {
    let source = source::Source::new(name, text);
    compile(&source).unwrap_or_else(|found| panic!("{}", found.display(&source)))
}
