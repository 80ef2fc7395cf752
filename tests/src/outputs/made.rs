//! Made-up values as cases: right ones, cut ones, damaged ones.

use std::io::{self, Write};

use arbitrary::Unstructured;
use bumpalo::Bump;
use spice_proto::common::ServerMessage;
use spice_proto::frame::{Header, HeaderKind};
use spice_proto::wire::CapabilitySet;
use spice_proto::wire::arbitrary::Source;

use super::description::{Description, Target};
use super::sets::{Case, Frames, Set};
use crate::random::Random;
use crate::vectors;

/// Bytes that a target accepts.
#[derive(Clone, Debug)]
pub struct Made<'d> {
    /// What they are.
    pub target: Target<'d>,
    /// The capabilities in force.
    pub capabilities: Vec<u32>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Number of the message that only carries others.
const LIST: u16 = ServerMessage::LIST;

/// Most bytes of a made-up value; pictures are made up with more.
const MOST: usize = 64 << 10;

/// Most bytes of a value that is cut at every place.
const CUT: usize = 200;

/// Makes up values of everything in a description: `each` from random bytes, and some from bytes that are all the same.
/// The same seed gives the same values. Says how many could not be had.
#[must_use]
pub fn values(description: &Description, each: usize, seed: u64) -> Vec<Made<'_>> {
    let mut random = Random::new(seed);
    let (mut made, mut none) = (Vec::new(), 0_u64);
    for target in description.targets() {
        // Its addresses are made up with up to 4 GiB.
        if is_graphics_device_info(target) {
            continue;
        }
        for capabilities in combinations(description, target) {
            let same = [vec![0; 256], vec![0xff; 4096], vec![0x55; 1024], vec![1; 1024]];
            let lengths = [16, 64, 256, 1024, 4096];
            let others = (0..each).map(|index| random.bytes(lengths[index % lengths.len()]));
            for bytes in same.into_iter().chain(others.collect::<Vec<_>>()) {
                let arena = Bump::new();
                let set = set_of(&capabilities);
                let mut source = Source::new(Unstructured::new(&bytes), &arena).with_capabilities(set);
                match description.make(target, &mut source) {
                    Some(Ok(body)) if body.len() <= MOST => {
                        made.push(Made { target, capabilities: capabilities.clone(), body });
                    }
                    // A picture can be too large.
                    Some(_) => none += 1,
                    None => panic!("{target:?} cannot be made up"),
                }
            }
        }
    }
    println!(
        "{}: {} values made up, {none} could not be or are larger than {MOST} bytes",
        description.model.name,
        made.len()
    );
    made
}

/// Writes made-up values, each once.
///
/// # Errors
/// When a line cannot be written.
pub fn right<W: Write>(set: &mut Set<'_, W>, values: &[Made<'_>]) -> io::Result<()> {
    set.without_repeats();
    values.iter().enumerate().try_for_each(|(index, made)| set.case(&case(format!("made {index}"), made)))
}

/// Writes small values cut at every place and with bytes behind them: some of each target.
///
/// # Errors
/// When a line cannot be written.
pub fn cut<W: Write>(set: &mut Set<'_, W>, values: &[Made<'_>]) -> io::Result<()> {
    set.without_repeats();
    let (mut last, mut count) = (None, 0);
    for made in values.iter().filter(|made| made.body.len() <= CUT) {
        count = if last == Some(made.target) { count + 1 } else { 0 };
        last = Some(made.target);
        if count >= 6 {
            continue;
        }
        for end in 0..made.body.len() {
            set.case(&Case { body: &made.body[..end], ..case(format!("cut at {end}"), made) })?;
        }
        let longer = [&made.body[..], &[0xa5, 0]].concat();
        set.case(&Case { body: &longer, ..case("longer".to_owned(), made) })?;
    }
    Ok(())
}

/// Writes `count` values that were damaged, from made-up ones and, for SPICE, from those of the reference. The same seed gives
/// the same lines.
///
/// # Errors
/// When a line cannot be written.
///
/// # Panics
/// When there is nothing to damage.
pub fn damaged<W: Write>(set: &mut Set<'_, W>, pool: &[Made<'_>], count: u64, seed: u64) -> io::Result<()> {
    assert!(!pool.is_empty(), "nothing to damage");
    let mut random = Random::new(seed);
    for index in 0..count {
        let mut made = pool[random.below(pool.len())].clone();
        random.damage(&mut made.body);
        // Now and then, another message, a number that nothing has, or other capabilities.
        match (random.below(24), &mut made.target) {
            (0, target) => *target = pool[random.below(pool.len())].target,
            (1, Target::Message { number, .. }) => *number = random.number() as u16 as u32,
            (2 | 3, _) if !made.capabilities.is_empty() => {
                made.capabilities.remove(random.below(made.capabilities.len()));
            }
            _ => {}
        }
        set.case(&case(format!("damaged {index}"), &made))?;
    }
    Ok(())
}

/// Writes `count` streams of a few frames, messages inside of most of them; every other one is damaged. The same seed gives the
/// same lines.
///
/// # Errors
/// When a line cannot be written.
pub fn frames<W: Write>(set: &mut Set<'_, W>, count: u64, seed: u64) -> io::Result<()> {
    let mut random = Random::new(seed);
    for index in 0..count {
        let header = if random.below(2) == 0 { HeaderKind::Mini } else { HeaderKind::Full };
        let mut bytes = Vec::new();
        for serial in 1..=1 + random.below(4) as u64 {
            let kind = if random.below(2) == 0 { LIST } else { 101 + random.below(3) as u16 };
            let own = if kind == LIST { 0 } else { random.below(12) };
            let (list, body) = listed(&mut random, own);
            // A LIST says nothing of itself in its head, as a rule; nor do frames without a list.
            let says = if kind == LIST { random.below(16) == 0 } else { random.below(4) > 0 };
            let header_of = Header {
                serial: Some(serial),
                kind,
                size: u32::try_from(body.len()).map_err(io::Error::other)?,
                sub_list: if says { list.max(1) } else { 0 },
            };
            header_of.put(header, &mut bytes);
            bytes.extend(body);
        }
        let damaged = index % 2 == 1;
        if damaged {
            random.damage(&mut bytes);
        }
        let name = format!("{} frames {index}", if damaged { "damaged" } else { "made" });
        set.frames(&name, &Frames { header, limit: 1 << 20, bytes: &bytes })?;
    }
    Ok(())
}

/// A body of `own` bytes, then a list and its messages, in one order or the other: where the list is, and all of it. Behind
/// no bytes of its own the list is the first thing, as message LIST has it.
fn listed(random: &mut Random, own: usize) -> (u32, Vec<u8>) {
    let mut body = random.bytes(own);
    let messages: Vec<Vec<u8>> = (0..random.below(5))
        .map(|_| {
            let len = 6 + random.below(10);
            let mut message = random.bytes(len);
            let nested = random.below(64) == 0;
            let kind = if nested { LIST } else { 100 + random.below(9) as u16 };
            // Real servers declare too much.
            let declared = message.len() as u32 - 6 + if random.below(4) == 0 { 18 } else { 0 };
            message[..2].copy_from_slice(&kind.to_le_bytes());
            message[2..6].copy_from_slice(&declared.to_le_bytes());
            message
        })
        .collect();
    let list_len = 2 + 4 * messages.len();
    let messages_len: usize = messages.iter().map(Vec::len).sum();
    let list_first = own == 0 || random.below(3) == 0;
    let list_at = if list_first { own } else { own + messages_len };
    let mut at = if list_first { own + list_len } else { own };
    let mut entries = Vec::new();
    for message in &messages {
        entries.push(at as u32);
        at += message.len();
    }
    match random.below(4) {
        1 if entries.len() > 1 => entries.rotate_left(1),
        0 | 1 => {}
        _ => entries.reverse(),
    }
    let mut list = (messages.len() as u16).to_le_bytes().to_vec();
    list.extend(entries.iter().flat_map(|entry| entry.to_le_bytes()));
    if list_first {
        body.extend(list);
        body.extend(messages.concat());
    } else {
        body.extend(messages.concat());
        body.extend(list);
    }
    (list_at as u32, body)
}

/// The messages of the reference that are not large, as a pool for [`damaged`].
///
/// # Panics
/// When there are none.
#[must_use]
pub fn reference(description: &Description) -> Vec<Made<'_>> {
    let lines = vectors::lines(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    let targets = description.targets();
    let made = |line: &vectors::Vector| {
        let target = targets.iter().find(|target| {
            matches!(target, Target::Message { module, direction, number }
                if *module == line.text("channel") && *direction == line.text("direction")
                    && u64::from(*number) == line.number("id"))
        });
        let made = Made { target: *target?, capabilities: Vec::new(), body: line.bytes() };
        (made.body.len() <= 4096).then_some(made)
    };
    lines.iter().filter_map(made).collect()
}

fn case<'a>(name: String, made: &'a Made<'_>) -> Case<'a> {
    Case { name, target: made.target, capabilities: made.capabilities.clone(), body: &made.body }
}

fn is_graphics_device_info(target: Target<'_>) -> bool {
    match target {
        Target::Struct { module, name } => module == "agent" && name.starts_with("GraphicsDevice"),
        Target::Message { module, number, .. } => module == "agent" && number == 16,
    }
}

/// Which capabilities a target is tried with: none, each of those that have a name alone, and all.
fn combinations(description: &Description, target: Target<'_>) -> Vec<Vec<u32>> {
    let Some(list) = description.conditions(target) else { return vec![Vec::new()] };
    let all: Vec<u32> = description.model[list].items.iter().map(|item| item.value).collect();
    let mut sets = vec![Vec::new()];
    sets.extend(all.iter().map(|one| vec![*one]));
    sets.push(all);
    sets
}

fn set_of(capabilities: &[u32]) -> CapabilitySet {
    capabilities.iter().fold(CapabilitySet::EMPTY, |set, &number| set.with(number))
}
