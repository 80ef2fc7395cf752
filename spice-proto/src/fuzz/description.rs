//! A description as the kit needs it: the checked model, and which structure a message is.

use std::sync::OnceLock;

use spice_proto_derive::backend::shape::Shapes;
use spice_proto_derive::model::{
    Channel, Element, FieldRef, Label, Length, Message, Model, Struct, StructId, Switch,
};
use spice_proto_derive::{import, source::Source};

use super::value::Value;
use crate::{ChannelType, Origin};

/// The rules of a wire: a model and what follows from it.
#[derive(Clone, Debug)]
pub struct Description<'m> {
    pub(super) model: &'m Model,
    pub(super) shapes: Shapes<'m>,
}

/// A layout with a name: a message of a channel, or a structure.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'m> {
    /// What paths begin with; empty for structures.
    pub name: &'m str,
    /// The structure.
    pub body: StructId,
    /// The number of the message; 0 for structures.
    pub number: u32,
}

impl Description<'static> {
    /// SPICE's own, `spice.proto`. It is read once, in some milliseconds.
    #[must_use]
    pub fn spice() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        static DESCRIPTION: OnceLock<Description<'static>> = OnceLock::new();
        DESCRIPTION.get_or_init(|| {
            let model = MODEL.get_or_init(|| {
                // The text is part of the package and this crate was built from it.
                let text = import::spice("spice.proto").unwrap_or_else(|| Source::new("spice.proto", ""));
                spice_proto_derive::compile(&text).unwrap_or_else(|_| empty())
            });
            Description::new(model)
        })
    }
}

/// The model of nothing.
fn empty() -> Model {
    Model {
        name: String::new(),
        imports: Vec::new(),
        modules: Vec::new(),
        enums: Vec::new(),
        structs: Vec::new(),
        channels: Vec::new(),
        protocol: None,
        warnings: spice_proto_derive::diagnostic::Diagnostics::new(),
    }
}

impl<'m> Description<'m> {
    /// The rules that a model states: that of a description of your own, by `spice_proto_derive::compile`.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        Self { model, shapes: Shapes::new(model) }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// The messages of a channel of SPICE in one direction.
    #[must_use]
    pub fn messages(&self, channel: ChannelType, from: Origin) -> &'m [Message] {
        let protocol = self.model.protocol.as_ref();
        let known = protocol
            .and_then(|protocol| protocol.channels.iter().find(|known| known.number == u32::from(channel.0)));
        let Some(known) = known else { return &[] };
        let channel: &Channel = &self.model[known.channel];
        match from {
            Origin::Server => &channel.server,
            Origin::Client => &channel.client,
        }
    }

    /// A message of a channel of SPICE.
    #[must_use]
    pub fn message(&self, channel: ChannelType, from: Origin, kind: u16) -> Option<Layout<'m>> {
        let mut messages = self.messages(channel, from).iter();
        messages.find(|message| message.number == u32::from(kind)).map(Layout::of)
    }

    /// Messages that go both ways, by the name of their channel without `Channel`: `Agent`, `StreamDevice`.
    #[must_use]
    pub fn both(&self, channel: &str) -> &'m [Message] {
        let named = |known: &&Channel| known.name.strip_suffix("Channel").unwrap_or(&known.name) == channel;
        self.model.channels.iter().find(named).map_or(&[], |channel| &channel.both)
    }

    /// A structure by the name that the description gives it.
    #[must_use]
    pub fn structure(&self, name: &str) -> Option<Layout<'m>> {
        let id = self.model.struct_ids().find(|&id| self.model[id].name == name)?;
        Some(Layout { name: "", body: id, number: 0 })
    }

    /// The names of all structures, in the order of the description.
    pub fn structures(&self) -> impl Iterator<Item = &'m str> {
        self.model.structs.iter().map(|item| item.name.as_str())
    }

    /// The number that a length asks for, from the fields read so far; `None` where nothing says it.
    pub(super) fn length(&self, length: Length, fields: &[Value]) -> Option<u64> {
        let number = |reference: FieldRef| -> u64 {
            let value = fields.get(reference.field);
            let value = match (value, reference.arm) {
                (Some(Value::Arm(arm, value)), Some(wanted)) if *arm == wanted => value.as_int(),
                (Some(value), None) => value.as_int(),
                _ => None,
            };
            value.and_then(|value| u64::try_from(value).ok()).unwrap_or_default()
        };
        match length {
            Length::Constant(count) => Some(count),
            Length::Field(reference) => Some(number(reference)),
            Length::ImageSize { bits_per_pixel, width, height } => {
                Some(crate::wire::image_size(bits_per_pixel, number(width), number(height)))
            }
            Length::Rest | Length::CString => None,
        }
    }

    /// The arm that a selector chooses.
    pub(super) fn arm(&self, switch: &Switch, fields: &[Value]) -> Option<usize> {
        let mut steps = switch.selector.iter();
        let mut value = fields.get(*steps.next()?)?;
        for &step in steps {
            value = value.field(step)?;
        }
        let selector = value.as_int()?;
        self.arm_of(switch, selector)
    }

    /// The arm that a value of the selector chooses.
    pub(super) fn arm_of(&self, switch: &Switch, selector: i128) -> Option<usize> {
        let items = &self.model[switch.selector_type].items;
        let flags = self.shapes.is_flags(switch.selector_type);
        let holds = |label: &Label| match *label {
            Label::Default => true,
            Label::Item { item, negated } => {
                let Some(value) = items.get(item).map(|item| i128::from(item.value)) else { return false };
                let found = if flags { selector >> value & 1 == 1 } else { selector == value };
                found != negated
            }
        };
        switch.arms.iter().position(|arm| arm.labels.iter().any(holds))
    }

    /// Bytes of an element of constant size.
    pub(super) fn element_size(&self, element: Element) -> u64 {
        self.shapes.element_size(element)
    }

    pub(super) fn item(&self, id: StructId) -> &'m Struct {
        &self.model[id]
    }
}

impl<'m> Layout<'m> {
    /// The layout of a message.
    #[must_use]
    pub fn of(message: &'m Message) -> Self {
        Self { name: &message.name, body: message.body, number: message.number }
    }
}
