//! Made-up values as cases: right ones, cut ones, damaged ones.

use std::io::{self, Write};

use arbitrary::Unstructured;
use bumpalo::Bump;
use spice_proto::wire::CapabilitySet;
use spice_proto::wire::arbitrary::Source;

use super::description::{Description, Target};
use super::sets::{Case, Set};
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
