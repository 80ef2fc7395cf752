//! Breaking exactly one rule of a body that is right.

use super::anatomy::{self, Refusal};
use super::description::{Description, Layout};
use super::place::{Part, Place};
use super::random::Random;
use crate::ErrorKind;
use crate::wire::CapabilitySet;

/// A rule of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The body ends before the field does.
    Truncated,
    /// Bytes follow the last field.
    Trailing,
    /// A count says more elements than there are, or more than the limit.
    Count,
    /// Fields from which a size follows say more bytes than there are.
    Size,
    /// A pointer leads out of the body.
    PointerOutside,
    /// A pointer leads to the last bytes, where its target does not fit.
    PointerShort,
    /// A required pointer is null.
    PointerNull,
    /// A pointer leads into the target of another, or into the fields before it.
    PointerOverlap,
    /// A pointer leads to itself, or to what holds it.
    PointerLoop,
    /// A selector names another member than the one that follows.
    Selector,
    /// A number outside of its range.
    Range,
    /// A value or bits that no description names.
    Unknown,
}

/// All rules.
pub const RULES: [Rule; 12] = [
    Rule::Truncated,
    Rule::Trailing,
    Rule::Count,
    Rule::Size,
    Rule::PointerOutside,
    Rule::PointerShort,
    Rule::PointerNull,
    Rule::PointerOverlap,
    Rule::PointerLoop,
    Rule::Selector,
    Rule::Range,
    Rule::Unknown,
];

/// One rule broken in one place: a change of bytes, with a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Which rule.
    pub rule: Rule,
    /// Where: the trail of names that errors print.
    pub path: String,
    edit: Edit,
    /// Why strict readers refuse it; `None` where they take it, since the wire is open there (unknown values, trailing bytes,
    /// pointers that share bytes) or other bytes are read in place of the right ones.
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Edit {
    Replace(usize, Vec<u8>),
    Cut(usize),
    Append(Vec<u8>),
}

impl Rule {
    /// Its name in reports: lower case with dashes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Trailing => "trailing",
            Self::Count => "count",
            Self::Size => "size",
            Self::PointerOutside => "pointer-outside",
            Self::PointerShort => "pointer-short",
            Self::PointerNull => "pointer-null",
            Self::PointerOverlap => "pointer-overlap",
            Self::PointerLoop => "pointer-loop",
            Self::Selector => "selector",
            Self::Range => "range",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of error that strict readers give, where they give one for this rule and no other.
    #[must_use]
    pub fn error(self) -> Option<ErrorKind> {
        match self {
            Self::Truncated | Self::Size | Self::PointerShort => Some(ErrorKind::Truncated),
            Self::PointerOutside => Some(ErrorKind::Pointer),
            Self::PointerNull => Some(ErrorKind::NullPointer),
            Self::Range => Some(ErrorKind::Value),
            // Too many for the bytes, or for the limit.
            Self::Count => None,
            Self::Trailing | Self::PointerOverlap | Self::PointerLoop | Self::Selector | Self::Unknown => {
                None
            }
        }
    }
}

impl Break {
    /// The body with the rule broken; of another body, what the same change makes of it.
    #[must_use]
    pub fn apply(&self, body: &[u8]) -> Vec<u8> {
        let mut broken = body.to_vec();
        match &self.edit {
            Edit::Replace(at, bytes) => {
                broken.iter_mut().skip(*at).zip(bytes).for_each(|(old, new)| *old = *new);
            }
            Edit::Cut(len) => broken.truncate(*len),
            Edit::Append(bytes) => broken.extend(bytes),
        }
        broken
    }

    /// The rule, the field and the value: the same for the same seed and version.
    #[must_use]
    pub fn label(&self) -> String {
        let Self { rule, path, .. } = self;
        match &self.edit {
            Edit::Replace(at, bytes) => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{} {path} @{at}={hex}", rule.name())
            }
            Edit::Cut(len) => format!("{} {path} cut at {len}", rule.name()),
            Edit::Append(bytes) => format!("{} {path} {} bytes more", rule.name(), bytes.len()),
        }
    }
}

/// Every way to break one rule of a body that is right: a few for each field, in the order of the fields.
///
/// # Errors
/// The body is not right.
pub fn breaks(
    description: &Description<'_>,
    layout: Layout<'_>,
    body: &[u8],
    capabilities: CapabilitySet,
) -> Result<Vec<Break>, Refusal> {
    let places = anatomy::read(description, layout, body, capabilities)?.places;
    let mut found = Vec::new();
    for (rule, path, edit) in edits(description, layout, body, &places) {
        let broken = Break { rule, path, edit, refusal: None };
        let read = anatomy::read(description, layout, &broken.apply(body), capabilities);
        found.push(Break { refusal: read.err(), ..broken });
    }
    found.retain(|broken| is_about(broken, body));
    Ok(found)
}

/// One way to break one rule; `None` where there is nothing to break. Much cheaper than [`breaks`].
///
/// # Errors
/// The body is not right.
pub fn break_one(
    description: &Description<'_>,
    layout: Layout<'_>,
    body: &[u8],
    capabilities: CapabilitySet,
    random: &mut Random,
) -> Result<Option<Break>, Refusal> {
    let places = anatomy::read(description, layout, body, capabilities)?.places;
    let all = edits(description, layout, body, &places);
    // First the rule, then where: cuts are possible everywhere, and would be most of what comes.
    let mut rules: Vec<Rule> = all.iter().map(|(rule, ..)| *rule).collect();
    rules.sort_unstable();
    rules.dedup();
    for _ in 0..8 {
        let Some(wanted) = random.choose(&rules) else { return Ok(None) };
        let of_it: Vec<_> = all.iter().filter(|(rule, ..)| rule == wanted).collect();
        let Some((rule, path, edit)) = random.choose(&of_it) else { return Ok(None) };
        let broken = Break { rule: *rule, path: path.clone(), edit: edit.clone(), refusal: None };
        let read = anatomy::read(description, layout, &broken.apply(body), capabilities);
        let broken = Break { refusal: read.err(), ..broken };
        if is_about(&broken, body) {
            return Ok(Some(broken));
        }
    }
    Ok(None)
}

/// Whether a change breaks the rule that it was made for: what follows from it is that rule's error, at that field.
fn is_about(broken: &Break, body: &[u8]) -> bool {
    if broken.apply(body) == body {
        return false;
    }
    match (broken.rule, &broken.refusal) {
        (Rule::Count, Some(refusal)) => matches!(refusal.kind, ErrorKind::Truncated | ErrorKind::Limit),
        (rule, Some(refusal)) => rule.error().is_none_or(|kind| {
            let about = refusal.path.starts_with(&broken.path) || broken.path.starts_with(&refusal.path);
            // What is cut, or lies behind a wrong size, may be missed by another field first.
            let elsewhere = matches!(rule, Rule::Truncated | Rule::Size | Rule::PointerShort);
            refusal.kind == kind && (about || elsewhere)
        }),
        // A size or a count that other bytes happen to satisfy breaks nothing.
        (rule, None) => rule.error().is_none() && rule != Rule::Count,
    }
}

fn edits(
    description: &Description<'_>,
    layout: Layout<'_>,
    body: &[u8],
    places: &[Place],
) -> Vec<(Rule, String, Edit)> {
    let mut found = Vec::new();
    let len = body.len();
    for place in places {
        let mut replace = |rule: Rule, value: i128| {
            found.push((rule, place.path.clone(), Edit::Replace(place.offset, place.bytes(value))));
        };
        let value = place.value(body);
        match &place.part {
            Part::Int { range, .. } => {
                if let Some((least, most)) = *range {
                    for outside in [least - 1, most + 1, place.least(), place.most()] {
                        if !(least..=most).contains(&outside)
                            && (place.least()..=place.most()).contains(&outside)
                        {
                            replace(Rule::Range, outside);
                        }
                    }
                }
                if place.decides {
                    let image = places
                        .iter()
                        .any(|other| other.path != place.path && other.decides && beside(other, place));
                    let rule = if image { Rule::Size } else { Rule::Count };
                    let limits = places.iter().filter_map(|place| match place.part {
                        Part::Run { max: Some(max), .. } => Some(i128::from(max) + 1),
                        _ => None,
                    });
                    let tries = [value + 1, len as i128 + 1, place.most(), place.most() / 2 + 1];
                    for more in tries.into_iter().chain(limits) {
                        let allowed = range.is_none_or(|(least, most)| (least..=most).contains(&more));
                        if allowed && more > value && more <= place.most() {
                            replace(rule, more);
                        }
                    }
                }
            }
            Part::Enum(id) => {
                let items = &description.model[*id].items;
                if place.selects {
                    let flags = description.shapes.is_flags(*id);
                    for item in items {
                        let other = if flags { value ^ 1 << item.value } else { i128::from(item.value) };
                        if other != value {
                            replace(Rule::Selector, other);
                        }
                    }
                }
                for unknown in unknown(description, *id, value, place.most()) {
                    let rule = if place.selects { Rule::Selector } else { Rule::Unknown };
                    replace(rule, unknown);
                }
            }
            Part::Pointer { target, required, target_len } => {
                for outside in [len as i128, len as i128 + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
                    if outside >= len as i128 {
                        replace(Rule::PointerOutside, outside);
                    }
                }
                if *required {
                    replace(Rule::PointerNull, 0);
                }
                if *target_len > 1 {
                    replace(Rule::PointerShort, len.saturating_sub(1) as i128);
                    replace(Rule::PointerShort, len.saturating_sub(target_len - 1) as i128);
                }
                if place.offset > 0 {
                    replace(Rule::PointerLoop, place.offset as i128);
                }
                for other in places {
                    match other.part {
                        Part::Pointer { target: near, .. } if near != 0 && near != *target => {
                            replace(Rule::PointerOverlap, near.into());
                        }
                        _ => {}
                    }
                }
                if *target > 1 {
                    replace(Rule::PointerOverlap, 1);
                    replace(Rule::PointerOverlap, i128::from(*target) - 1);
                }
            }
            Part::Run { .. } | Part::Zero => {}
        }
        if place.len > 0 && place.offset + place.len <= len {
            let cut = Edit::Cut(place.offset + place.len - 1);
            found.push((Rule::Truncated, place.path.clone(), cut));
        }
    }
    for more in [1, 4, 4096] {
        found.push((Rule::Trailing, layout.name.to_owned(), Edit::Append(vec![0xa5; more])));
    }
    found
}

/// Whether two places are fields of one structure.
fn beside(one: &Place, other: &Place) -> bool {
    let parent = |path: &str| path.rsplit_once('.').map(|(parent, _)| parent.to_owned());
    parent(&one.path) == parent(&other.path)
}

/// Values that no item has, or bits.
fn unknown(
    description: &Description<'_>,
    id: spice_proto_derive::model::EnumId,
    value: i128,
    most: i128,
) -> Vec<i128> {
    let items = &description.model[id].items;
    if description.shapes.is_flags(id) {
        let known = items.iter().fold(0, |bits, item| bits | 1_i128 << item.value.min(63));
        let others = !known & most;
        let highest = if others == 0 { 0 } else { 1 << others.ilog2() };
        return [value | others, value | highest].into_iter().filter(|bits| *bits != value).collect();
    }
    let last = items.iter().map(|item| i128::from(item.value)).max().unwrap_or(-1);
    let named = |value: &i128| items.iter().any(|item| i128::from(item.value) == *value);
    [last + 1, most].into_iter().filter(|value| *value <= most && !named(value)).collect()
}
