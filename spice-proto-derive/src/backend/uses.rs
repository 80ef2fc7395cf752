//! Where the structures of a model are used: as bodies of messages, and in each other.

use crate::model::{AddressTarget, Channel, Element, Field, Message, Model, PointerTarget, StructId, Type};

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The server.
    Server,
    /// The client.
    Client,
    /// Either.
    Both,
}

/// A message with a structure as its body.
#[derive(Clone, Copy, Debug)]
pub struct MessageUse<'m> {
    /// The channel; an inherited message is there once for each channel.
    pub channel: &'m Channel,
    /// Who sends it.
    pub side: Side,
    /// The message.
    pub message: &'m Message,
}

/// The uses of every structure.
#[derive(Clone, Debug, Default)]
pub struct Uses<'m> {
    messages: Vec<Vec<MessageUse<'m>>>,
    holders: Vec<Vec<StructId>>,
}

impl<'m> Uses<'m> {
    /// Looks through the whole model once.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        let count = model.structs.len();
        let mut uses = Self { messages: vec![Vec::new(); count], holders: vec![Vec::new(); count] };
        for channel in &model.channels {
            let sides = [
                (Side::Server, &channel.server),
                (Side::Client, &channel.client),
                (Side::Both, &channel.both),
            ];
            for (side, message) in
                sides.iter().flat_map(|(side, list)| list.iter().map(move |one| (*side, one)))
            {
                if let Some(of) = uses.messages.get_mut(message.body.index()) {
                    of.push(MessageUse { channel, side, message });
                }
            }
        }
        for holder in model.struct_ids() {
            model[holder].fields.iter().for_each(|field| uses.held(field, holder));
        }
        uses
    }

    /// The messages that have this structure as their body, in the order of channels, senders and numbers.
    #[must_use]
    pub fn messages(&self, id: StructId) -> &[MessageUse<'m>] {
        self.messages.get(id.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The structures with fields of this one, in line, in arrays or behind pointers and guest addresses.
    #[must_use]
    pub fn holders(&self, id: StructId) -> &[StructId] {
        self.holders.get(id.index()).map(Vec::as_slice).unwrap_or_default()
    }

    fn held(&mut self, field: &Field, holder: StructId) {
        let element = |element: Element| match element {
            Element::Struct(id) | Element::Address(AddressTarget::Struct(id)) => Some(id),
            Element::Int(_) | Element::Enum(_) | Element::Address(AddressTarget::Int(_)) => None,
        };
        let held = match &field.ty {
            Type::Switch(switch) => {
                switch.arms.iter().for_each(|arm| self.held(&arm.field, holder));
                None
            }
            Type::Struct(id) | Type::Address(AddressTarget::Struct(id)) => Some(*id),
            Type::Array(array) => element(array.element),
            Type::Pointer(pointer) => match &pointer.target {
                PointerTarget::Struct(id) => Some(*id),
                PointerTarget::Array(array) => element(array.element),
            },
            Type::Int(_) | Type::Enum(_) | Type::Address(AddressTarget::Int(_)) | Type::UnixFd => None,
        };
        let Some(of) = held.and_then(|id| self.holders.get_mut(id.index())) else { return };
        if of.last() != Some(&holder) {
            of.push(holder);
        }
    }
}
