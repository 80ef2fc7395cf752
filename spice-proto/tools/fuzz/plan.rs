//! From a seed to a case: a session that makes sense, and one thing that is wrong with it.

use std::collections::BTreeSet;

use spice_proto::fuzz::{
    Description, Layout, Maker, Random, Session, Style, break_one, change, damage, read, write,
};
use spice_proto::wire::{CapabilitySet, Encode};
use spice_proto::{ChannelType, Limits, Origin, display, main};

use super::case::{Action, Case, Message, name};

/// What is to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// Nothing: sessions that make sense.
    Valid,
    /// Fields get other values, at the ends of their ranges too; every message can be read.
    Change,
    /// One rule of one message is broken.
    Rule,
    /// A message is left out, comes twice, or comes unasked; every message can be read.
    Order,
    /// Bytes are changed without regard to what they mean.
    Damage,
    /// One of the others, drawn each time.
    All,
}

/// Makes cases.
#[derive(Clone, Debug)]
pub(crate) struct Planner {
    pub(crate) role: Origin,
    pub(crate) channels: Vec<ChannelType>,
    pub(crate) mode: Mode,
    pub(crate) seed: u64,
    /// Steps of a session.
    pub(crate) steps: usize,
    /// Every so manyth message is changed too; 0: one alone.
    pub(crate) rate: usize,
    /// Only this message is changed, by its place.
    pub(crate) only: Option<usize>,
    /// Messages of a capture, in place of made-up ones.
    pub(crate) recorded: Vec<Message>,
    /// What labels may not begin with.
    pub(crate) skip: BTreeSet<String>,
}

/// Times that another mistake is looked for, when one is to be skipped.
const TRIES: usize = 50;

impl Planner {
    /// The case of a number. The same number and seed give the same case.
    pub(crate) fn case(&self, number: u64) -> Case {
        let mut random = Random::new(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut case = self.session(&mut random);
        let mode = match self.mode {
            Mode::All => {
                let modes = [Mode::Change, Mode::Rule, Mode::Rule, Mode::Order, Mode::Order, Mode::Damage];
                *random.choose(&modes).unwrap_or(&Mode::Rule)
            }
            mode => mode,
        };
        for _ in 0..TRIES {
            let mut tried = case.clone();
            self.spoil(&mut tried, mode, &mut random);
            if tried.labels().iter().all(|label| !self.is_skipped(label)) {
                case = tried;
                break;
            }
        }
        case.notes
            .insert(0, format!("spice-fuzz {} seed {} case {number}", env!("CARGO_PKG_VERSION"), self.seed));
        case
    }

    /// Whether a label is one of those that are known.
    pub(crate) fn is_skipped(&self, label: &str) -> bool {
        self.skip.contains(signature(label))
            || self.skip.iter().any(|known| label.starts_with(&format!("{known} ")))
    }

    /// A session without a mistake.
    fn session(&self, random: &mut Random) -> Case {
        let mut actions = Vec::new();
        for &channel in &self.channels {
            actions.push(Action::Open(channel));
            if self.role == Origin::Client {
                actions.extend(opening(channel).map(Action::Send));
            }
        }
        if self.recorded.is_empty() {
            let session = Session::new(self.role, &self.channels, self.steps, random);
            let messages = session.messages().into_iter();
            actions.extend(messages.map(|sent| {
                let (channel, kind, body) = (sent.channel, sent.kind, sent.body);
                Action::Send(Message { channel, kind, body, label: String::new() })
            }));
        } else {
            actions.extend(self.recorded.iter().cloned().map(Action::Send));
        }
        Case { role: self.role, notes: Vec::new(), actions }
    }

    /// Makes something wrong.
    fn spoil(&self, case: &mut Case, mode: Mode, random: &mut Random) {
        let places: Vec<usize> = sends(case).collect();
        if mode == Mode::Order {
            return self.disorder(case, &places, random);
        }
        if mode == Mode::Valid {
            return;
        }
        let one = self.only.and_then(|only| places.get(only)).or_else(|| random.choose(&places)).copied();
        for place in places {
            let wanted = Some(place) == one || self.rate > 0 && random.once_in(self.rate);
            if let (true, Some(Action::Send(message))) = (wanted, case.actions.get_mut(place)) {
                self.spoil_message(message, mode, random);
            }
        }
    }

    fn spoil_message(&self, message: &mut Message, mode: Mode, random: &mut Random) {
        let spice = Description::spice();
        let none = CapabilitySet::EMPTY;
        let layout = spice.message(message.channel, self.role, message.kind);
        let where_ = |path: &str| format!("{}.{path}", name(message.channel));
        if let (Mode::Rule, Some(layout)) = (mode, layout)
            && let Ok(Some(broken)) = break_one(spice, layout, &message.body, none, random)
        {
            message.body = broken.apply(&message.body);
            message.label = format!(
                "{} {}",
                broken.rule.name(),
                where_(broken.label().split_once(' ').map_or("", |(_, rest)| rest))
            );
            return;
        }
        if let (Mode::Change, Some(layout)) = (mode, layout)
            && let Ok(mut anatomy) = read(spice, layout, &message.body, none)
        {
            let style = if random.once_in(2) { Style::Boundary } else { Style::Valid };
            change(&mut Maker::new(spice, style), layout.body, &mut anatomy.value, random);
            let body = write(spice, layout.body, &anatomy.value);
            message.label = format!("change {}", where_(&changed(layout, &message.body, &body)));
            message.body = body;
            return;
        }
        let label = layout.map_or("unknown", |layout| layout.name);
        message.label = format!("damage {}", where_(label));
        damage(&mut message.body, random);
    }

    /// A message too many, too few, or at the wrong time.
    fn disorder(&self, case: &mut Case, places: &[usize], random: &mut Random) {
        let Some(&place) = random.choose(places) else { return };
        let Some(Action::Send(message)) = case.actions.get(place).cloned() else { return };
        let spice = Description::spice();
        let known = |message: &Message| {
            let layout = spice.message(message.channel, self.role, message.kind);
            format!("{}.{}", name(message.channel), layout.map_or("unknown", |layout| layout.name))
        };
        match random.below(6) {
            0 | 1 => {
                // The first messages are what others depend on.
                let first = places.iter().copied().find(|&at| is_opening(case, at) && random.once_in(2));
                let place = first.unwrap_or(place);
                if let Some(Action::Send(message)) = case.actions.get(place) {
                    let note = format!("broken: missing {}", known(message));
                    case.notes.push(note);
                    case.actions.remove(place);
                }
            }
            2 => {
                let label = format!("again {}", known(&message));
                case.actions.insert(place + 1, Action::Send(Message { label, ..message }));
            }
            _ => {
                let channel = message.channel;
                let Some(unasked) = random.choose(spice.messages(channel, self.role)) else { return };
                let style = if random.once_in(2) { Style::Plausible } else { Style::Boundary };
                let value = Maker::new(spice, style).value(unasked.body, random);
                let body = write(spice, unasked.body, &value);
                let mut message =
                    Message { channel, kind: unasked.number as u16, body, label: String::new() };
                message.label = format!("unasked {}", known(&message));
                case.actions.insert(place + 1, Action::Send(message));
            }
        }
    }
}

/// The places of messages.
fn sends(case: &Case) -> impl Iterator<Item = usize> {
    case.actions
        .iter()
        .enumerate()
        .filter(|(_, action)| matches!(action, Action::Send(_)))
        .map(|(place, _)| place)
}

/// Whether a message is the first of its channel.
fn is_opening(case: &Case, place: usize) -> bool {
    place > 0 && matches!(case.actions.get(place - 1), Some(Action::Open(_)))
}

/// What a label is about, without places and values: what `--skip` has.
pub(crate) fn signature(label: &str) -> &str {
    let end = [" @", " cut at", " bytes more"].iter().filter_map(|mark| label.find(mark)).min();
    let label = label.get(..end.unwrap_or(label.len())).unwrap_or(label);
    // The number of trailing bytes.
    label.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end()
}

/// The first field that differs.
fn changed(layout: Layout<'_>, before: &[u8], after: &[u8]) -> String {
    let spice = Description::spice();
    let first = before
        .iter()
        .zip(after)
        .position(|(before, after)| before != after)
        .unwrap_or(before.len().min(after.len()));
    let places =
        read(spice, layout, after, CapabilitySet::EMPTY).map(|anatomy| anatomy.places).unwrap_or_default();
    let place = places.iter().find(|place| (place.offset..place.offset + place.len.max(1)).contains(&first));
    place.map_or_else(|| layout.name.to_owned(), |place| place.path.clone())
}

/// What a client says first on a channel.
pub(crate) fn opening(channel: ChannelType) -> Option<Message> {
    let (kind, body) = match channel {
        ChannelType::MAIN => (main::ClientMessage::ATTACH_CHANNELS, Ok(Vec::new())),
        ChannelType::DISPLAY => {
            let limits = Limits::default();
            let init = display::ClientMessage::Init(display::Init {
                pixmap_cache_id: 1,
                pixmap_cache_size: limits.pixmap_cache_pixels.into(),
                glz_dictionary_id: 1,
                glz_dictionary_window_size: 1 << 20,
            });
            (init.kind(), init.encode_to_vec())
        }
        _ => return None,
    };
    Some(Message { channel, kind, body: body.ok()?, label: String::new() })
}
