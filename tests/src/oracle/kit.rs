//! The fuzz kit against the generated code: two readers and two writers that know nothing of each other.

use spice_proto::fuzz::{self, Break, Description, Layout, Maker, Random, Style};
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, ClientMessage, Encode, Error, Origin, ServerMessage, agent, stream_device};

use super::agent::capabilities;
use crate::vectors::to_hex;

/// Any seed: what the kit makes up of some message can be read by the generated code and is written by it as the same
/// bytes; so it is after changes; of each rule that it breaks both readers say the same, and of damaged bytes too.
///
/// # Panics
/// When a property does not hold.
pub fn fuzz_kit(data: &[u8]) {
    let seed =
        data.iter().fold(0_u64, |seed, &byte| seed.wrapping_mul(0x100_0000_01b3).wrapping_add(byte.into()));
    let mut random = Random::new(seed);
    let all = targets();
    let target = all[random.below(all.len())];
    let _ = target.check(&mut random);
}

/// Every message of every channel, of the agent and of the stream device.
#[must_use]
pub fn targets() -> Vec<Target> {
    let spice = Description::spice();
    let mut all = Vec::new();
    for &(channel, _) in ChannelType::ALL {
        for (from, kind) in [(Origin::Server, Kind::Server(channel)), (Origin::Client, Kind::Client(channel))]
        {
            all.extend(
                spice
                    .messages(channel, from)
                    .iter()
                    .map(|message| Target { layout: Layout::of(message), kind }),
            );
        }
    }
    for (name, kind) in [("Agent", Kind::Agent(CapabilitySet::EMPTY)), ("StreamDevice", Kind::StreamDevice)] {
        let messages = spice.both(name).iter();
        all.extend(messages.map(|message| Target { layout: Layout::of(message), kind }));
    }
    all
}

/// A message that the kit makes up.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What it is by the description.
    pub layout: Layout<'static>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Server(ChannelType),
    Client(ChannelType),
    Agent(CapabilitySet),
    StreamDevice,
}

impl Target {
    /// Makes one up, changes it, breaks it. Gives the rules that were broken.
    ///
    /// # Panics
    /// When a property does not hold.
    #[must_use]
    pub fn check(mut self, random: &mut Random) -> Vec<Break> {
        if let Kind::Agent(set) = &mut self.kind {
            *set = capabilities(random.below(4) as u8);
        }
        let spice = Description::spice();
        let style =
            *random.choose(&[Style::Valid, Style::Boundary, Style::Plausible]).expect("there are three");
        let mut maker = Maker::new(spice, style).with_capabilities(self.capabilities());
        let mut value = maker.value(self.layout.body, random);
        let other = maker.value(self.layout.body, random);
        let mut body = self.right(&value);
        for step in 0..4 {
            match step {
                3 => fuzz::cross(&mut maker, self.layout.body, &mut value, &other, random),
                _ => fuzz::change(&mut maker, self.layout.body, &mut value, random),
            }
            body = self.right(&value);
        }
        for _ in 0..8 {
            let mut damaged = body.clone();
            (0..=random.below(3)).for_each(|_| fuzz::damage(&mut damaged, random));
            self.agree(&damaged, "damaged");
        }
        // Long bodies have very many places.
        if body.len() > 2000 {
            let one =
                fuzz::break_one(spice, self.layout, &body, self.capabilities(), random).expect("it is right");
            one.iter().for_each(|broken| self.broken(&body, broken));
            return one.into_iter().collect();
        }
        let all = fuzz::breaks(spice, self.layout, &body, self.capabilities()).expect("it is right");
        all.iter().for_each(|broken| self.broken(&body, broken));
        all
    }

    /// The bytes of a right value.
    fn right(self, value: &fuzz::Value) -> Vec<u8> {
        let body = fuzz::write(Description::spice(), self.layout.body, value);
        let shown = || format!("{} {value:?} as {}", self.layout.name, to_hex(&body));
        match self.generated(&body) {
            Ok((written, trailing)) => {
                assert!(trailing == 0, "{trailing} bytes too many: {}", shown());
                assert!(
                    written == body,
                    "written by the generated code as {}: {}",
                    to_hex(&written),
                    shown()
                );
            }
            Err((kind, path)) => panic!("the generated code refuses {path}: {kind:?}: {}", shown()),
        }
        let read = fuzz::read(Description::spice(), self.layout, &body, self.capabilities());
        let read = read.unwrap_or_else(|refusal| panic!("{refusal:?}: {}", shown()));
        assert_eq!(read.used, body.len(), "{}", shown());
        let again = fuzz::write(Description::spice(), self.layout.body, &read.value);
        assert!(again == body, "{} the second time: {}", to_hex(&again), shown());
        body
    }

    /// One rule is broken: the generated code refuses the body as the label says, and takes it without the change.
    fn broken(self, body: &[u8], broken: &Break) {
        let bytes = broken.apply(body);
        assert!(bytes != body, "{} changes nothing", broken.label());
        if let (Some(kind), Some(refusal)) = (broken.rule.error(), &broken.refusal) {
            assert_eq!(refusal.kind, kind, "{}", broken.label());
        }
        assert!(
            broken.rule.error().is_none() || broken.refusal.is_some(),
            "{} is not refused",
            broken.label()
        );
        self.agree(&bytes, &broken.label());
    }

    /// Both readers say the same of any bytes.
    fn agree(self, bytes: &[u8], what: &str) {
        let ours = fuzz::read(Description::spice(), self.layout, bytes, self.capabilities());
        let theirs = self.generated(bytes);
        let shown = || format!("{what}, {} {}", self.layout.name, to_hex(bytes));
        match (ours, theirs) {
            (Ok(read), Ok((_, trailing))) => assert_eq!(bytes.len() - read.used, trailing, "{}", shown()),
            (Err(refusal), Err((kind, path))) => {
                let path = path.trim_start_matches("...");
                assert_eq!(
                    (refusal.kind, true),
                    (kind, refusal.path.ends_with(path)),
                    "{refusal:?}, {path}: {}",
                    shown()
                );
            }
            (ours, theirs) => panic!("{ours:?}, the generated code {theirs:?}: {}", shown()),
        }
    }

    fn capabilities(self) -> CapabilitySet {
        match self.kind {
            Kind::Agent(set) => set,
            _ => CapabilitySet::EMPTY,
        }
    }

    /// What the generated code says: how it writes what it has read and how many bytes it left, or kind and field of its error.
    fn generated(self, body: &[u8]) -> Result<(Vec<u8>, usize), (spice_proto::ErrorKind, String)> {
        fn written<'a>(
            read: Result<(impl Encode<'a>, &'a [u8]), Error>,
        ) -> Result<(Vec<u8>, usize), (spice_proto::ErrorKind, String)> {
            let refused = |error: Error| (error.kind(), error.path().to_string());
            read.map(|(value, trailing)| (value.encode_to_vec().unwrap_or_default(), trailing.len()))
                .map_err(refused)
        }
        let number = self.layout.number as u16;
        match self.kind {
            Kind::Server(channel) => written(ServerMessage::parse_with_trailing(channel, number, body)),
            Kind::Client(channel) => written(ClientMessage::parse_with_trailing(channel, number, body)),
            Kind::Agent(set) => written(agent::Message::parse_with_trailing(self.layout.number, body, set)),
            Kind::StreamDevice => written(stream_device::Message::parse_with_trailing(number, body)),
        }
    }
}
