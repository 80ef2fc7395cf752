//! What the pages of structures and modules say besides the description: where things are used, and what there is.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Rust, dispatch, docs};
use crate::backend::docs as texts;
use crate::backend::uses::{MessageUse, Side};
use crate::model::{Capability, Channel, Message, ModuleId, StructId, names};

impl<'m> Rust<'m> {
    /// A structure: the description's documentation, the messages that it is the body of, what it is part of, its size.
    pub(super) fn struct_docs(&self, id: StructId) -> TokenStream {
        let item = &self.model[id];
        let mut lines = self.escaped(&item.docs);
        let mut paragraph = |text: Vec<String>| {
            if !text.is_empty() {
                lines.extend((!lines.is_empty()).then(String::new));
                lines.extend(text);
            }
        };
        paragraph(self.message_paragraph(id));
        paragraph(self.holder_paragraph(id));
        paragraph(vec![texts::size(item)]);
        lines.extend(self.document(&self.item_name(item.module, &names::rust_type(&item.name))));
        docs::raw(&lines)
    }

    /// A message: the description's documentation, its number, and who uses it.
    pub(super) fn message_docs(&self, channel: &Channel, message: &Message) -> TokenStream {
        let described = if message.docs.is_empty() { &self.model[message.body].docs } else { &message.docs };
        let mut lines = self.escaped(described);
        lines.extend((!lines.is_empty()).then(String::new));
        lines.push(format!("Number {}.{}", message.number, self.conditions(channel.module, message)));
        docs::raw(&lines)
    }

    /// A module, from inside: the description's documentation, the messages of its channels by number, and their parts.
    pub(super) fn module_docs(&self, index: usize) -> TokenStream {
        let Some(module) = self.model.modules.get(index) else { return TokenStream::new() };
        let mut lines = match module.docs.is_empty() {
            true => vec![self.escape(&module.name)],
            false => self.escaped(&module.docs),
        };
        lines.extend(self.document(&names::rust_module(&module.name)));
        for channel in self.model.channels.iter().filter(|channel| channel.module.index() == index) {
            if self.external_channel(channel).is_some() {
                continue;
            }
            self.table(channel, Side::Server, &channel.server, &mut lines);
            self.table(channel, Side::Client, &channel.client, &mut lines);
            self.table(channel, Side::Both, &channel.both, &mut lines);
            self.parts(channel, &mut lines);
        }
        docs::inner(&lines)
    }

    /// The messages of one side by number; of those that are inherited the names alone.
    fn table(&self, channel: &Channel, side: Side, messages: &[Message], lines: &mut Vec<String>) {
        let own = |message: &&Message| std::ptr::eq(&self.model[message.channel], channel);
        if messages.iter().any(|message| own(&message)) {
            lines.extend([String::new(), format!("# Messages {}", from(side)), String::new()]);
            lines.extend(["| number | message | |".to_owned(), "|---:|---|---|".to_owned()]);
        }
        for message in messages.iter().filter(own) {
            let described =
                if message.docs.is_empty() { &self.model[message.body].docs } else { &message.docs };
            let sentence = self.escape(&first_sentence(described)).replace('|', "\\|");
            let body = &self.model[message.body];
            let variant = dispatch::variant(message).to_string();
            let link = match body.module == channel.module && names::rust_type(&body.name) == variant {
                true => link(&variant, "struct", &self.struct_path(channel.module, message.body)),
                false => self.variant_link(channel.module, channel, side, message, &variant),
            };
            let conditions = self.conditions(channel.module, message);
            let about = format!("{sentence}{conditions}");
            lines.push(format!("| {} | {link} | {} |", message.number, about.trim_start()));
        }
        let inherited: Vec<_> = messages.iter().filter(|message| !own(message)).collect();
        if !inherited.is_empty() {
            let links: Vec<_> = inherited
                .iter()
                .map(|message| {
                    let variant = dispatch::variant(message).to_string();
                    self.variant_link(channel.module, channel, side, message, &variant)
                })
                .collect();
            lines.extend([String::new(), format!("Inherited, {}: {}.", from(side), links.join(", "))]);
        }
    }

    /// The structures of a channel's module that are no messages.
    fn parts(&self, channel: &Channel, lines: &mut Vec<String>) {
        let ids = self.model.struct_ids().filter(|&id| {
            let item = &self.model[id];
            item.module == channel.module
                && self.external(item.span).is_none()
                && self.uses.messages(id).is_empty()
                && !self.uses.holders(id).is_empty()
        });
        let links: Vec<_> = ids.map(|id| self.struct_link(channel.module, id)).collect();
        if !links.is_empty() {
            lines.extend([
                String::new(),
                "# Parts of messages".to_owned(),
                String::new(),
                format!("Not sent by themselves: {}.", links.join(", ")),
            ]);
        }
    }

    /// The messages that a structure is the body of, one sentence for each number.
    fn message_paragraph(&self, id: StructId) -> Vec<String> {
        let from_module = self.model[id].module;
        let uses = self.uses.messages(id);
        let mut groups: Vec<Vec<MessageUse<'m>>> = Vec::new();
        for &one in uses {
            let key = |one: MessageUse<'m>| (&one.message.name, one.message.number, one.side);
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| key(*first) == key(one))) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        let shown = groups.iter().take(MOST_MESSAGES);
        let mut lines: Vec<String> =
            shown.filter_map(|group| self.message_sentence(from_module, group)).collect();
        if lines.len() > 1 {
            lines.iter_mut().for_each(|line| line.insert_str(0, "* "));
        }
        if let Some(more @ 1..) = groups.len().checked_sub(MOST_MESSAGES) {
            lines.push(format!("* and {}", names::count(more as u64, "more message")));
        }
        lines
    }

    /// One message of one or several channels.
    fn message_sentence(&self, from_module: ModuleId, group: &[MessageUse<'m>]) -> Option<String> {
        let &MessageUse { side, message, .. } = group.first()?;
        let text = format!("{}::{}", enumeration(side), dispatch::variant(message));
        let shown = group.iter().take(MOST_CHANNELS).map(|one| {
            let module = names::rust_module(&self.model[one.channel.module].name);
            let text = if group.len() == 1 { text.clone() } else { format!("{module}::{text}") };
            self.variant_link(from_module, one.channel, side, one.message, &text)
        });
        let mut links = shown.collect::<Vec<_>>().join(", ");
        if let Some(more @ 1..) = group.len().checked_sub(MOST_CHANNELS) {
            links.push_str(&format!(" and on {}", names::count(more as u64, "more channel")));
        }
        let conditions = self.conditions(from_module, message);
        Some(format!("Message {} {}: {links}.{conditions}", message.number, from(side)))
    }

    fn holder_paragraph(&self, id: StructId) -> Vec<String> {
        let holders: Vec<StructId> = self.uses.holders(id).to_vec();
        let links =
            holders.iter().take(MOST_HOLDERS).map(|&holder| self.struct_link(self.model[id].module, holder));
        let mut text = links.collect::<Vec<_>>().join(", ");
        if text.is_empty() {
            return Vec::new();
        }
        if let Some(more @ 1..) = holders.len().checked_sub(MOST_HOLDERS) {
            text.push_str(&format!(" and {}", names::count(more as u64, "other")));
        }
        vec![format!("Part of {text}.")]
    }

    /// What a message needs and whether it is out of use, as sentences behind others.
    fn conditions(&self, from: ModuleId, message: &Message) -> String {
        let needs = message.since.map(|since| format!(" Needs {}.", self.capability_link(from, since)));
        let deprecated = if message.deprecated { " No longer used by peers." } else { "" };
        needs.unwrap_or_default() + deprecated
    }

    fn capability_link(&self, from: ModuleId, capability: Capability) -> String {
        let list = &self.model[capability.list];
        let Some(item) = list.items.get(capability.item) else { return String::new() };
        let text = format!("{}::{}", names::rust_type(&list.name), names::constant(&list.name, &item.name));
        // An item that is added to another crate's list is a constant of a module.
        let path = self.item_path(from, capability.list, capability.item);
        format!("[`{text}`]({})", link_path(&path))
    }

    fn struct_link(&self, from: ModuleId, id: StructId) -> String {
        link(&names::rust_type(&self.model[id].name), "struct", &self.struct_path(from, id))
    }

    fn variant_link(
        &self,
        from: ModuleId,
        channel: &Channel,
        side: Side,
        message: &Message,
        text: &str,
    ) -> String {
        let enumeration = enumeration(side);
        let path = match self.external_channel(channel) {
            Some(root) => self.external_path(&root, channel.module, enumeration),
            None => self.path(from, channel.module, enumeration),
        };
        let variant = dispatch::variant(message);
        link(text, "variant", &quote!(#path::#variant))
    }

    /// The name by which [`document`](super::RustBackend::document) knows an item.
    fn item_name(&self, module: ModuleId, name: &str) -> String {
        match self.model[module].name.as_str() {
            "" => name.to_owned(),
            module => format!("{}.{name}", names::rust_module(module)),
        }
    }
}

fn enumeration(side: Side) -> &'static str {
    match side {
        Side::Server => "ServerMessage",
        Side::Client => "ClientMessage",
        Side::Both => "Message",
    }
}

fn from(side: Side) -> &'static str {
    match side {
        Side::Server => "from the server",
        Side::Client => "from the client",
        Side::Both => "of either side",
    }
}

/// A link that says what it leads to, since names such as `Copy` are several things.
fn link(text: &str, kind: &str, path: &TokenStream) -> String {
    format!("[`{text}`]({kind}@{})", link_path(path))
}

fn link_path(path: &TokenStream) -> String {
    let path = path.to_string().replace(' ', "");
    path.strip_prefix("::").map(str::to_owned).unwrap_or(path)
}

/// Up to the first full stop that ends a sentence, in one line.
fn first_sentence(docs: &[String]) -> String {
    let paragraph: Vec<&str> =
        docs.iter().map(|line| line.trim()).take_while(|line| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at.saturating_add(1));
    text.get(..end).unwrap_or(&text).to_owned()
}

/// How many messages a page names; bodies without contents have dozens.
const MOST_MESSAGES: usize = 10;

/// How many channels a page names for one message.
const MOST_CHANNELS: usize = 3;

/// How many structures a page names.
const MOST_HOLDERS: usize = 8;
