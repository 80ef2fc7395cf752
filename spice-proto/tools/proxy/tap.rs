//! What passes, by name: first the handshake, then message by message.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use spice_proto::common::LinkErr;
use spice_proto::frame::{Decoder, Frame};
use spice_proto::{ChannelType, Limits, Origin};

use super::blank::Blank;
use super::record::{Recorder, Stream};
use super::say;
use super::session::{Auth, Message, ProblemKind, Session, capability_names, message_name};

/// Lines on standard output, with the time.
#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    fields: bool,
    recorder: Option<Recorder>,
    with_secrets: bool,
}

/// Looks at the bytes of one connection.
#[derive(Debug)]
pub(crate) struct Tap {
    number: usize,
    log: Arc<Log>,
    state: State,
    /// Bytes of the client and of the server.
    passed: [u64; 2],
    recorded: Option<Stream>,
    /// What of the client is not recorded, as long as it is not linked.
    blank: Option<Blank>,
    /// It has been said that descriptors cannot go on.
    told: bool,
}

#[derive(Debug)]
enum State {
    /// All that has passed so far, from the client and from the server.
    Handshake([Vec<u8>; 2]),
    /// Decoders of both directions.
    Messages { channel: ChannelType, channel_id: u8, decoders: Box<[Decoder; 2]> },
    /// Nothing more can be named.
    Blind,
}

/// More than any handshake needs.
const HANDSHAKE: usize = 4 << 20;

impl Log {
    /// `with_secrets` whether passwords are recorded too.
    pub(crate) fn new(fields: bool, recorder: Option<Recorder>, with_secrets: bool) -> Self {
        Log { start: Instant::now(), fields, recorder, with_secrets }
    }

    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    /// One line about a connection.
    pub(crate) fn line(&self, number: usize, text: fmt::Arguments<'_>) {
        let seconds = self.start.elapsed().as_secs_f64();
        say::out(format_args!("{seconds:11.6}  {number:>2}  {text}"));
    }
}

impl Tap {
    /// For a connection between a client and a server with these addresses, if they have some.
    pub(crate) fn new(number: usize, log: Arc<Log>, addresses: [Option<SocketAddr>; 2]) -> Self {
        let state = State::Handshake([const { Vec::new() }; 2]);
        let [client, server] = addresses;
        let recorded = log.recorder().map(|recorder| recorder.open(number, client, server));
        let blank = (!log.with_secrets).then(Blank::new);
        Tap { number, log, state, passed: [0; 2], recorded, blank, told: false }
    }

    /// Takes note of bytes on their way, and of descriptors that came with the last of them.
    pub(crate) fn look(&mut self, origin: Origin, bytes: &[u8], descriptors: usize) {
        self.passed[origin as usize] += bytes.len() as u64;
        if let (Some(recorder), Some(stream)) = (self.log.recorder(), &mut self.recorded) {
            let shown = match &mut self.blank {
                Some(blank) if origin == Origin::Client => blank.apply(bytes),
                _ => bytes.into(),
            };
            recorder.bytes(stream, origin, &shown);
        }
        match &mut self.state {
            State::Handshake(passed) => {
                passed[origin as usize].extend_from_slice(bytes);
                self.handshake();
            }
            State::Messages { decoders, .. } => {
                let decoder = &mut decoders[origin as usize];
                decoder.push(bytes);
                decoder.push_descriptors(u32::try_from(descriptors).unwrap_or(u32::MAX));
                self.messages(origin);
            }
            State::Blind => {}
        }
    }

    /// Descriptors have come for an end that is on TCP. Said once.
    pub(crate) fn cannot_go(&mut self, descriptors: usize) {
        if !std::mem::replace(&mut self.told, true) {
            let such = if descriptors == 1 { "descriptor" } else { "descriptors" };
            self.say(format_args!(
                "{descriptors} {such} cannot go over TCP; closed, and so are later ones: GL needs unix sockets at both ends"
            ));
        }
    }

    /// Descriptors came that this process could not take.
    pub(crate) fn lost(&self) {
        self.say(format_args!("descriptors are lost: too many files are open"));
    }

    /// Descriptors could not be handed on.
    pub(crate) fn stuck(&self, descriptors: usize, error: &io::Error) {
        self.say(format_args!("closing, with {descriptors} descriptors at hand: {error}"));
    }

    /// What one end sends has ended, in order or not.
    pub(crate) fn ended(&mut self, origin: Origin, broken: bool) {
        if let (Some(recorder), Some(stream)) = (self.log.recorder(), &mut self.recorded) {
            recorder.end(stream, origin, broken);
        }
    }

    /// Both directions have ended.
    pub(crate) fn end(&mut self) {
        let [client, server] = self.passed;
        self.say(format_args!("closed: {client} bytes C>S, {server} bytes S>C"));
    }

    /// Reads the handshake again with what has come; it is short.
    fn handshake(&mut self) {
        let State::Handshake([to_server, to_client]) = &self.state else { return };
        let session = Session::follow(to_server, to_client);
        let link = &session.link;
        let wrong = session.problems.iter().find(|problem| matches!(problem.kind, ProblemKind::Wrong(_)));
        let error = [link.reply, link.result].into_iter().flatten().find(|error| *error != LinkErr::OK);
        let next = if let Some(problem) = wrong {
            self.say(format_args!("no names from here on: {problem}"));
            State::Blind
        } else if let Some(error) = error {
            self.say(format_args!("refused by the server: {error:?}"));
            State::Blind
        } else if link.auth.as_ref().is_some_and(|auth| auth.is_layered()) {
            self.say(format_args!("no names from here on: encrypted by SASL"));
            self.blank = None;
            State::Blind
        } else if to_server.len().max(to_client.len()) > HANDSHAKE {
            self.say(format_args!("no names from here on: the handshake does not end"));
            State::Blind
        } else if let (Some(header), Some(_)) = (link.header(), link.result) {
            let decoder = |origin, bytes: &[u8], start: u64| {
                let mut decoder = Decoder::new(origin, link.channel, header, &Limits::default());
                decoder.push(bytes.get(start as usize..).unwrap_or_default());
                decoder
            };
            self.blank = None;
            let channel = channel_name(link.channel, link.channel_id);
            self.say(format_args!("{channel} linked, {header:?} heads, {}", auth(&link.auth)));
            for (direction, side) in [("C>S", &link.client), ("S>C", &link.server)] {
                let Some(side) = side else { continue };
                let mut names = capability_names(None, &side.common);
                names.extend(capability_names(Some(link.channel), &side.channel));
                self.say(format_args!("{channel:<12} {direction} can {}", names.join(" ")));
            }
            let decoders = Box::new([
                decoder(Origin::Client, to_server, session.client.start),
                decoder(Origin::Server, to_client, session.server.start),
            ]);
            State::Messages { channel: link.channel, channel_id: link.channel_id, decoders }
        } else {
            return;
        };
        self.state = next;
        self.messages(Origin::Client);
        self.messages(Origin::Server);
    }

    /// Logs the messages that are complete.
    fn messages(&mut self, origin: Origin) {
        let State::Messages { channel, channel_id, decoders } = &mut self.state else { return };
        let (channel, channel_id) = (*channel, *channel_id);
        let decoder = &mut decoders[origin as usize];
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => message(&self.log, self.number, channel, channel_id, &frame),
                Ok(None) => return,
                Err(error) => {
                    self.say(format_args!("no names from here on: {error}"));
                    self.state = State::Blind;
                    return;
                }
            }
        }
    }

    fn say(&self, text: fmt::Arguments<'_>) {
        self.log.line(self.number, text);
    }
}

/// A line for a message, and for each inside of it.
fn message(log: &Log, number: usize, channel: ChannelType, channel_id: u8, frame: &Frame) {
    let direction = match frame.origin() {
        Origin::Client => "C>S",
        Origin::Server => "S>C",
    };
    let line = |kind: u16, body: &[u8], inside: &str, beside: &str| {
        let name = message_name(channel, frame.origin(), kind).unwrap_or("unknown");
        let fields = match Message::parse(channel, frame.origin(), kind, body) {
            Err(error) => format!(": ERROR: {error}"),
            Ok((message, _)) if log.fields => format!(": {message:?}"),
            Ok(_) => String::new(),
        };
        let channel = channel_name(channel, channel_id);
        let len = body.len();
        log.line(
            number,
            format_args!("{channel:<12} {direction}{inside} {kind:>3} {name}, {len} bytes{beside}{fields}"),
        );
    };
    match frame.sub_messages() {
        Ok(subs) => subs.for_each(|sub| line(sub.kind, sub.body, "  (sub-message)", "")),
        Err(error) => log.line(number, format_args!("sub-messages: ERROR: {error}")),
    }
    let beside = match frame.descriptors() {
        0 => String::new(),
        1 => " and a descriptor".to_owned(),
        count => format!(" and {count} descriptors"),
    };
    line(frame.kind(), frame.body(), "", &beside);
}

fn auth(auth: &Option<Auth>) -> String {
    match auth {
        Some(Auth::Ticket { .. }) => "ticket".to_owned(),
        Some(Auth::Sasl(sasl)) => format!("SASL {}", sasl.chosen.as_deref().unwrap_or_default()),
        Some(Auth::Other(_)) | None => "no authentication".to_owned(),
    }
}

/// "display:0".
fn channel_name(channel: ChannelType, id: u8) -> String {
    format!("{}:{id}", channel.name().unwrap_or("channel"))
}
