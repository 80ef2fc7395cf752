//! Differences of two layouts, field by field.
//!
//! `align` says which fields belong together.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use super::Change;
use super::Level;
use super::align;
use super::align::Step;
use super::wire;
use super::wire::Arm;
use super::wire::Case;
use super::wire::Count;
use super::wire::Item;
use super::wire::Shape;
use crate::model::EnumId;
use crate::model::EnumKind;
use crate::model::Model;
use crate::model::StructId;
use crate::model::names;

/// The comparison of two message bodies.
pub(super) struct Comparison<'m> {
    old: &'m Model,
    new: &'m Model,
    pub(super) changes: Vec<Change>,
    /// The enumerations that belong together.
    pub(super) enums: Vec<(EnumId, EnumId)>,
    /// Bits of the old capability list that decides about fields.
    capabilities: HashSet<u32>,
    /// Bytes behind the last field are refused by old readers.
    exact: bool,
}

impl<'m> Comparison<'m> {
    pub(super) fn new(old: &'m Model, new: &'m Model) -> Self {
        let (changes, enums, capabilities) = (Vec::new(), Vec::new(), HashSet::new());
        Self { old, new, changes, enums, capabilities, exact: false }
    }

    /// Compares two message bodies.
    pub(super) fn bodies(&mut self, old_id: StructId, new_id: StructId) {
        let (old, new) = (&self.old[old_id], &self.new[new_id]);
        self.exact = old.exact;
        match (old.exact, new.exact) {
            (false, true) => {
                self.push(Level::Breaking, "", "bytes behind the last field are refused".to_owned());
            }
            (true, false) => {
                self.push(Level::Compatible, "", "bytes behind the last field are accepted".to_owned());
            }
            _ => {}
        }
        let list = old.conditions.map(|id| &self.old[id]);
        self.capabilities = list.into_iter().flat_map(|list| &list.items).map(|item| item.value).collect();
        let (old, new) = (wire::layout(self.old, old_id), wire::layout(self.new, new_id));
        self.lists(&old, &new, true);
    }

    fn push(&mut self, level: Level, place: &str, what: String) {
        self.changes.push(Change { level, place: place.to_owned(), what });
    }

    /// Compares two lists of items. `body` is the list of a whole message, behind which bytes may follow.
    fn lists(&mut self, old: &[Item], new: &[Item], body: bool) {
        let steps = align::items(old, new);
        let pair = |step: &Step| matches!(step, Step::Pair(..));
        let last_pair = steps.iter().rposition(pair).map_or(0, |position| position + 1);
        for (position, step) in steps.into_iter().enumerate() {
            match step {
                Step::Pair(from, to) => {
                    if let (Some(from), Some(to)) = (old.get(from), new.get(to)) {
                        self.items(from, to);
                    }
                }
                Step::Moved(from) => self.gone(old.get(from), "moved"),
                Step::Removed(from) => self.gone(old.get(from), "removed"),
                Step::Added(to) => {
                    if let Some(item) = new.get(to) {
                        self.added(item, body && position >= last_pair);
                    }
                }
            }
        }
    }

    fn gone(&mut self, item: Option<&Item>, what: &str) {
        if let Some(item) = item {
            self.push(Level::Breaking, &item.name, what.to_owned());
        }
    }

    /// A new field. Old peers never see what depends on a capability that they do not know, and pass over a run of
    /// bytes that may be empty behind the last field that they know.
    fn added(&mut self, item: &Item, last: bool) {
        let gated = item.conditions.iter().any(|bit| !self.capabilities.contains(bit));
        let rest = matches!(item.shape, Shape::Array { length: Count::Rest, .. });
        let level = if gated || (rest && last && !self.exact) { Level::Compatible } else { Level::Breaking };
        self.push(level, &item.name, "added".to_owned());
    }

    fn items(&mut self, old: &Item, new: &Item) {
        let place = old.name.as_str();
        if old.last_name() != new.last_name() {
            self.push(Level::None, place, format!("renamed to `{}`", new.last_name()));
        }
        if old.conditions != new.conditions {
            self.push(Level::Breaking, place, "depends on other capabilities".to_owned());
        }
        match (&old.shape, &new.shape) {
            (
                Shape::Number { bits, signed, big, range, list },
                Shape::Number { bits: b, signed: s, big: g, range: r, list: l },
            ) => {
                if let (Some(old), Some(new)) = (list, l)
                    && !self.enumerations(*old, *new)
                {
                    self.other_enumeration(place, *old, *new);
                }
                self.value(place, "bit", u64::from(*bits), u64::from(*b));
                if signed != s {
                    let what = if *s { "signed now" } else { "unsigned now" };
                    self.push(Level::Breaking, place, what.to_owned());
                }
                if big != g && bits == b {
                    let what = if *g { "big endian now" } else { "little endian now" };
                    self.push(Level::Breaking, place, what.to_owned());
                }
                if range != r {
                    let text = |range: &Option<(i128, i128)>| match range {
                        Some((min, max)) => format!("{min} to {max}"),
                        None => "all values".to_owned(),
                    };
                    self.push(Level::Breaking, place, format!("range {}, was {}", text(r), text(range)));
                }
            }
            (Shape::Fd, Shape::Fd) => {}
            (
                Shape::Array { element, length, max },
                Shape::Array { element: new_element, length: new_length, max: new_max },
            ) => {
                self.lists(element, new_element, false);
                match (length, new_length) {
                    (Count::Constant(old), Count::Constant(new)) => self.value(place, "element", *old, *new),
                    _ if length != new_length => {
                        let what = match (length_of(length), length_of(new_length)) {
                            (old, new) if old == new => "length from other fields".to_owned(),
                            (old, new) => format!("length {new}, was {old}"),
                        };
                        self.push(Level::Breaking, place, what);
                    }
                    _ => {}
                }
                if max != new_max {
                    let text = |max: &Option<u64>| match max {
                        Some(max) => format!("at most {}", names::count(*max, "element")),
                        None => "any number of elements".to_owned(),
                    };
                    let what = format!("{}, was {}", text(new_max), text(max));
                    self.push(Level::Breaking, place, what);
                }
            }
            (
                Shape::Pointer { required, target },
                Shape::Pointer { required: new_required, target: new_target },
            ) => {
                if required != new_required {
                    let what = if *new_required { "null is refused" } else { "null is accepted" };
                    self.push(Level::Breaking, place, what.to_owned());
                }
                self.lists(target, new_target, false);
            }
            (
                Shape::Switch { selector, list, flags, arms, fixed_size },
                Shape::Switch { selector: s, list: l, flags: f, arms: new_arms, fixed_size: size },
            ) => {
                self.enumerations(*list, *l);
                if selector != s || flags != f {
                    self.push(Level::Breaking, place, "selected by something else".to_owned());
                }
                if fixed_size != size {
                    let text = |size: &Option<u64>| {
                        size.map_or("no fixed size".to_owned(), |size| names::count(size, "byte"))
                    };
                    let what = format!("{}, was {}", text(size), text(fixed_size));
                    self.push(Level::Breaking, place, what);
                }
                if *flags {
                    self.arms_in_order(place, *list, arms, new_arms);
                } else {
                    self.arms_by_value(place, *list, arms, new_arms);
                }
            }
            (old, new) => {
                let what = format!("{} now, was {}", new.kind(), old.kind());
                self.push(Level::Breaking, place, what);
            }
        }
    }

    /// Remembers that two enumerations belong together. They do not where one of them is on the other side as well.
    fn enumerations(&mut self, old_id: EnumId, new_id: EnumId) -> bool {
        let (old, new) = (&self.old[old_id].name, &self.new[new_id].name);
        let same = old == new
            || !(self.new.enums.iter().any(|item| item.name == *old)
                || self.old.enums.iter().any(|item| item.name == *new));
        if same {
            self.enums.push((old_id, new_id));
        }
        same
    }

    /// The values of a field mean something else, unless those of the old enumeration mean the same in the new one.
    fn other_enumeration(&mut self, place: &str, old_id: EnumId, new_id: EnumId) {
        let (old, new) = (&self.old[old_id], &self.new[new_id]);
        let known: HashSet<(u32, &str)> =
            new.items.iter().map(|item| (item.value, item.name.as_str())).collect();
        let all = old.items.iter().all(|item| known.contains(&(item.value, item.name.as_str())));
        let level = match all && (old.kind == EnumKind::Enum) == (new.kind == EnumKind::Enum) {
            true if old.items.len() == new.items.len() => Level::None,
            true => Level::Compatible,
            false => Level::Breaking,
        };
        self.push(level, place, format!("values of `{}`, were of `{}`", new.name, old.name));
    }

    fn value(&mut self, place: &str, unit: &str, old: u64, new: u64) {
        if old != new {
            self.push(Level::Breaking, place, format!("{}, was {old}", names::count(new, unit)));
        }
    }

    /// Arms of flags: the first that holds decides, so their order matters.
    fn arms_in_order(&mut self, place: &str, list: EnumId, old: &[Arm], new: &[Arm]) {
        let worth = |from: usize, to: usize| match (old.get(from), new.get(to)) {
            (Some(old), Some(new)) if old.labels == new.labels => 2 + u32::from(old.name == new.name),
            (Some(old), Some(new)) if old.name == new.name => 1,
            _ => 0,
        };
        let pairs = align::best_order(old.len(), new.len(), worth)
            .unwrap_or_else(|| (0..old.len().min(new.len())).map(|index| (index, index)).collect());
        let to: HashMap<usize, usize> = pairs.iter().copied().collect();
        for (index, arm) in old.iter().enumerate() {
            let Some(other) = to.get(&index).and_then(|to| new.get(*to)) else {
                self.push(Level::Breaking, place, format!("case of `{}` removed", arm.name));
                continue;
            };
            if arm.labels != other.labels {
                self.push(Level::Breaking, place, format!("case of `{}` chosen by other bits", arm.name));
            }
            self.lists(&arm.items, &other.items, false);
        }
        let known: HashSet<usize> = pairs.iter().map(|(_, to)| *to).collect();
        for (_, arm) in new.iter().enumerate().filter(|(index, _)| !known.contains(index)) {
            let level = self.new_arm(list, old, &arm.labels);
            self.push(level, place, format!("case of `{}` added", arm.name));
        }
    }

    /// Arms of an enumeration: each value has its own, whatever their order.
    fn arms_by_value(&mut self, place: &str, list: EnumId, old: &[Arm], new: &[Arm]) {
        let (before, after) = (by_case(old), by_case(new));
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        let at = |arms: &'_ BTreeMap<Case, usize>, case: &Case| {
            arms.get(case).or_else(|| arms.get(&Case::Default)).copied()
        };
        let cases: std::collections::BTreeSet<Case> = before.keys().chain(after.keys()).copied().collect();
        for case in cases {
            let (from, to) = (at(&before, &case), at(&after, &case));
            match (from.and_then(|arm| old.get(arm)), to.and_then(|arm| new.get(arm))) {
                (Some(old), Some(new)) => {
                    if seen.insert((from.unwrap_or_default(), to.unwrap_or_default())) {
                        self.lists(&old.items, &new.items, false);
                    }
                }
                (Some(old), None) => {
                    if seen.insert((from.unwrap_or_default(), usize::MAX)) {
                        self.push(Level::Breaking, place, format!("case of `{}` removed", old.name));
                    }
                }
                (None, Some(new)) => {
                    let level = self.new_arm(list, old, &[case]);
                    if seen.insert((usize::MAX, to.unwrap_or_default())) {
                        self.push(level, place, format!("case of `{}` added", new.name));
                    }
                }
                (None, None) => {}
            }
        }
    }

    /// Old peers never choose an arm whose labels they do not know, unless a default did so.
    fn new_arm(&self, list: EnumId, old: &[Arm], labels: &[Case]) -> Level {
        let known: HashSet<u32> = self.old[list].items.iter().map(|item| item.value).collect();
        let new =
            |case: &Case| matches!(case, Case::Value { number, negated: false } if !known.contains(number));
        let default = old.iter().any(|arm| arm.labels.contains(&Case::Default));
        if !default && labels.iter().all(new) { Level::Compatible } else { Level::Breaking }
    }
}

/// The arm of each label.
fn by_case(arms: &[Arm]) -> BTreeMap<Case, usize> {
    let cases =
        arms.iter().enumerate().flat_map(|(index, arm)| arm.labels.iter().map(move |case| (*case, index)));
    cases.collect()
}

fn length_of(length: &Count) -> String {
    match length {
        Count::Constant(count) => count.to_string(),
        Count::Field(_) => "from a field".to_owned(),
        Count::ImageSize(bits, ..) => format!("of an image with {bits} bits a pixel"),
        Count::Rest => "to the end".to_owned(),
        Count::CString => "up to a zero byte".to_owned(),
    }
}
