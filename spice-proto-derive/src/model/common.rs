//! Messages that got a number of SPICE's common messages because nobody wrote one.
//!
//! The library's ends act on those numbers whatever a description calls them, so that a channel which counts from 1 is
//! answered in ways that nobody asked for. Who writes such a number, or uses SPICE's name, is taken to mean it.

use std::collections::HashMap;
use std::collections::HashSet;

use super::Channel;
use super::ChannelId;
use super::Message;
use super::Model;
use super::builder::Builder;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast;

/// What servers send on every channel of SPICE, from number 1 on.
const SERVER: &[&str] =
    &["migrate", "migrate_data", "set_ack", "ping", "wait_for_channels", "disconnecting", "notify", "list"];

/// What clients send on every channel, from number 1 on.
const CLIENT: &[&str] = &["ack_sync", "ack", "pong", "migrate_flush_mark", "migrate_data", "disconnecting"];

impl Builder<'_> {
    /// Looks at the channels of the protocol that the library's ends can speak, and at those they derive from.
    pub(super) fn common_numbers(&mut self) {
        let Some(protocol) = &self.model.protocol else { return };
        let mut seen: HashSet<usize> = HashSet::new();
        let mut found = Vec::new();
        for member in &protocol.channels {
            let channel = |id: ChannelId| self.model.channels.get(id.0);
            let Some(of) = channel(member.channel).filter(|of| self.model.has_ends(of)) else { continue };
            let bases = std::iter::successors(Some(member.channel), |id| channel(*id)?.base);
            for id in bases.filter(|id| seen.insert(id.0)) {
                let unwritten = self.unwritten(id);
                for (messages, common) in
                    [(&of.server, &[SERVER] as &[_]), (&of.client, &[CLIENT]), (&of.both, &[SERVER, CLIENT])]
                {
                    let own = messages.iter().filter(|message| message.channel == id);
                    let mut taken = own.filter_map(|message| {
                        unwritten.get(&message.span).and_then(|name| taken_for(message, *name, common))
                    });
                    found.extend(taken.next());
                }
            }
        }
        found.into_iter().for_each(|diagnostic| self.found.push(diagnostic));
    }

    /// The places of a channel's messages without a number, and of their names; `= 0` is none.
    fn unwritten(&self, id: ChannelId) -> HashMap<Span, Span> {
        let parts = self.names.channels.get(id.0).into_iter().flat_map(|def| &def.parts);
        let messages = parts.flat_map(|part| &part.ast.members).filter_map(|member| match member {
            ast::ChannelMember::Message(message) => Some(message),
            ast::ChannelMember::Section(..) => None,
        });
        messages
            .filter(|message| message.number.is_none_or(|number| number.value == 0))
            .map(|message| (message.span, message.name.span))
            .collect()
    }
}

impl Model {
    /// Whether the outputs have a type by which the library's ends speak a channel: its numbers have 16 bits, and no
    /// message needs a capability to be read.
    pub(crate) fn has_ends(&self, channel: &Channel) -> bool {
        let mut messages = channel.server.iter().chain(&channel.client).chain(&channel.both);
        let conditional = |message: &Message| {
            self.structs.get(message.body.0).is_some_and(|body| body.conditions.is_some())
        };
        channel.id_bits == 16 && !messages.any(conditional)
    }
}

/// What is said of a message whose number means something else to the ends.
fn taken_for(message: &Message, place: Span, common: &[&[&str]]) -> Option<Diagnostic> {
    let position = usize::try_from(message.number).ok()?.checked_sub(1)?;
    let theirs: Vec<&str> = common.iter().filter_map(|names| names.get(position).copied()).collect();
    if theirs.is_empty() || theirs.contains(&message.name.as_str()) {
        return None;
    }
    let (name, number, theirs) = (&message.name, message.number, theirs.join("` or `"));
    let text = format!("`{name}` gets the number {number}, which is that of SPICE's `{theirs}`");
    let help = format!(
        "where the body has the size, `ClientEnd` and `ServerEnd` act on it as on `{theirs}`: \
         number your messages from 101, `{name} = 101`"
    );
    let diagnostic = Diagnostic::new(Code::CommonNumber, place, text).label("has no number of its own");
    Some(diagnostic.help(help))
}
