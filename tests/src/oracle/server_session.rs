//! Visits of a server, and clients that say anything.

use bytes::{Buf, BytesMut};
use spice_proto::agent::{ClipboardSelection, ClipboardType, FileRefusal, Pieces};
use spice_proto::display::SurfaceFmt;
use spice_proto::frame::{Encoder, HeaderKind};
use spice_proto::main::{ChannelId, ClientMessage};
use spice_proto::server::visit::{Failure, MOST_QUEUED};
use spice_proto::server::{Event, Screen, Visit, VisitConfig};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, Encode, Limits};

use super::take;

/// A visit of a client that says anything on any channel, in any order. `data`: options (bit 0: the visit comes from
/// another server, bit 1: full heads, bit 2: the line is measured), then steps: a byte that chooses one, one that says on
/// which channel, and what it needs. Steps are messages, pieces of the agent's, raw bytes, ends of channels, and
/// everything that a server's author can do.
///
/// A channel that has failed is gone, and the visit with main; its error can be shown. What is held is bounded by what
/// came, what the server's author gave, and a megabyte of answers.
///
/// # Panics
/// When a property does not hold.
pub fn server_session(mut data: &[u8]) {
    let options = take::<1>(&mut data);
    let channels = CHANNELS.map(|channel| ChannelId::new(channel, 0));
    let mut config = VisitConfig::new(1, &channels[1..]).with_agent();
    config.opus = true;
    config.measure = options & 4 == 4;
    config.limits.agent_message = 1 << 12;
    let visit = if options & 1 == 1 { Visit::incoming(config, Some(2)) } else { Visit::new(config) };
    let head = if options & 2 == 2 { HeaderKind::Full } else { HeaderKind::Mini };
    let mut screen = Screen::new(&Limits::default());
    screen.resize(16, 16, SurfaceFmt::FMT_32_XRGB).expect("it is small");
    let mut stage = Stage {
        visit,
        screen,
        head,
        encoder: Encoder::new(head),
        now: 0,
        given: 0,
        handed: [0; CHANNELS.len()],
    };
    stage.join(channels[0], options & 1);
    while !data.is_empty() {
        let (step, channel) = (take::<1>(&mut data), take::<1>(&mut data) as usize);
        let at = channel % CHANNELS.len();
        stage.step(step, channel as u32, at, channels[at], &mut data);
        stage.check(&channels);
    }
    let _ = format!("{:?}", stage.visit);
}

/// The channels that the visit has.
const CHANNELS: [ChannelType; 8] = [
    ChannelType::MAIN,
    ChannelType::DISPLAY,
    ChannelType::INPUTS,
    ChannelType::CURSOR,
    ChannelType::PLAYBACK,
    ChannelType::RECORD,
    ChannelType::PORT,
    ChannelType::USBREDIR,
];

/// What a visit may hold for a channel besides what it was given: answers, with one message and one load of the line.
const MOST_HELD: usize = (1 << 20) + (512 << 10);

struct Stage {
    visit: Visit,
    screen: Screen,
    head: HeaderKind,
    encoder: Encoder,
    now: u64,
    /// Bytes that the server's author gave to the agent.
    given: usize,
    /// Bytes that the server's author gave to each channel, and that the client has not read.
    handed: [usize; CHANNELS.len()],
}

impl Stage {
    fn join(&mut self, channel: ChannelId, connection: u32) {
        let connection = if channel.channel_type() == ChannelType::MAIN { connection } else { 1 };
        if self.visit.admit(connection, channel).is_ok() {
            let can = [0, 1, 2, 3, 5_u32].into_iter().fold(CapabilitySet::EMPTY, CapabilitySet::with);
            self.visit.join(channel, self.head, can, self.now);
        }
    }

    fn step(&mut self, step: u32, value: u32, at: usize, channel: ChannelId, data: &mut &[u8]) {
        let selection = ClipboardSelection((value & 3) as u8);
        let type_ = ClipboardType(value >> 2 & 7);
        match step % 16 {
            0..=3 => {
                // Numbers up to 6 are for all channels, those from 101 on for one.
                let kind = step as u16 >> 4 | if step & 1 == 1 { 0 } else { 96 };
                let kind = kind + u16::from(step & 2 == 2) * 16;
                let body = cut(data, 48);
                self.say(channel, kind, body);
            }
            4 | 5 => {
                let body = cut(data, 96);
                let Ok(pieces) = Pieces::new(step >> 4, body) else { return };
                for piece in pieces {
                    let piece = piece.encode_to_vec().expect("a piece");
                    self.say(ChannelId::new(ChannelType::MAIN, 0), ClientMessage::AGENT_DATA, &piece);
                }
            }
            6 => {
                let bytes = cut(data, 64);
                self.visit.push(channel, bytes);
            }
            7 => self.join(channel, value & 1),
            8 if value >= 0xf0 => self.visit.left(channel),
            8 | 9 => {
                self.visit.take_output(channel);
                self.handed[at] = 0;
            }
            10 => {
                let _ = self.visit.grab(selection, &[type_, ClipboardType::UTF8_TEXT]);
                let _ = self.visit.request(selection, type_);
            }
            11 => {
                let body = vec![7; value as usize * 64];
                if self.visit.provide(selection, type_, &body).is_ok() {
                    self.given += body.len();
                }
                let _ = self.visit.release(ClipboardSelection((value >> 6) as u8));
            }
            12 => {
                let _ = self.visit.accept_file(value & 15);
                let _ = self.visit.finish_file(value & 15);
                let _ = self.visit.refuse_file(value >> 4, FileRefusal::Disabled);
            }
            13 => {
                let now = Visit::mm_time(self.now);
                if let Some(mut sound) = self.visit.playback() {
                    let _ = sound.start(2, 48_000, now);
                    let _ = sound.data(now, &[0; 960]);
                }
                let _ = self.visit.record().map(|mut sound| sound.start(2, 48_000));
                let _ = self.visit.port_data(ChannelId::new(ChannelType::PORT, 0), &[1; 100]);
                self.handed.iter_mut().for_each(|bytes| *bytes += 2_000);
            }
            14 => {
                let display = ChannelId::new(ChannelType::DISPLAY, 0);
                let _ = self.visit.show(display, &mut self.screen, self.now);
                self.handed[1] += 64 << 10;
            }
            _ => self.now += u64::from(value) * 1_000_000,
        }
    }

    fn say(&mut self, channel: ChannelId, kind: u16, body: &[u8]) {
        let mut bytes = BytesMut::new();
        let message = spice_proto::common::Data { data: body };
        self.encoder.encode(kind, &message, &mut bytes).expect("bytes can be sent");
        self.visit.push(channel, &bytes);
    }

    fn check(&mut self, channels: &[ChannelId]) {
        while let Some((channel, event)) = self.visit.next_event(self.now) {
            let _ = format!("{event:?}");
            if let Event::Failed(failure) = event {
                assert!(!self.visit.has(channel), "{failure}");
                assert!(!matches!(failure, Failure::Agent(_)), "the agent answers what it can: {failure}");
                assert!(!failure.to_string().is_empty());
                let main = channel.channel_type() == ChannelType::MAIN;
                assert!(self.visit.is_over() || !main, "without main nothing goes on");
            }
        }
        assert!(!self.visit.is_over() || self.visit.channels().next().is_none());
        let queued = self.visit.agent().queued();
        assert!(queued <= MOST_QUEUED + self.given + (1 << 20), "{queued} bytes wait for the client");
        for (at, channel) in channels.iter().enumerate() {
            let held = self.visit.output(*channel).map_or(0, |output| output.remaining());
            assert!(held <= MOST_HELD + self.handed[at], "{held} bytes wait on {channel:?}");
        }
    }
}

/// The next bytes: a length, then so many.
fn cut<'a>(data: &mut &'a [u8], most: usize) -> &'a [u8] {
    let len = (take::<1>(data) as usize % most).min(data.len());
    let (body, rest) = data.split_at(len);
    *data = rest;
    body
}
