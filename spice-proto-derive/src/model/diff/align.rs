//! Which parts of two lists belong together.
//!
//! Names decide first: as many as possible are kept in order, whole paths before last parts. What is left over between
//! two such parts is renamed only where it lies alike in the same place, and where neither name is left over
//! elsewhere; a name that turns up elsewhere has moved.

use std::collections::HashMap;
use std::collections::HashSet;

use super::wire::Item;

/// What became of a part of the old list, or where one of the new list comes from; positions in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Both belong together.
    Pair(usize, usize),
    /// The old one stands elsewhere.
    Moved(usize),
    Removed(usize),
    Added(usize),
}

/// The most pairs that are looked at for the best order; beyond that the next part of the same name is taken.
const PAIRS: usize = 1 << 16;

/// Lists of items, in the order of the old list with new ones where they stand.
pub(super) fn items(old: &[Item], new: &[Item]) -> Vec<Step> {
    let fits = |old: &Item, new: &Item| old.name == new.name && old.same(new);
    let front = old.iter().zip(new).take_while(|(old, new)| fits(old, new)).count();
    let most = old.len().min(new.len()) - front;
    let back =
        old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| fits(old, new)).count();
    let (old_end, new_end) = (old.len() - back, new.len() - back);
    let middle =
        |list: &'_ [Item], end: usize| list.get(front..end).map(<[Item]>::to_vec).unwrap_or_default();
    let (old_middle, new_middle) = (middle(old, old_end), middle(new, new_end));
    let kept = kept(&old_middle, &new_middle);
    let moved = moved(&old_middle, &new_middle, &kept);

    let mut steps: Vec<Step> = (0..front).map(|index| Step::Pair(index, index)).collect();
    let (mut from_old, mut from_new) = (0, 0);
    for (to_old, to_new) in kept.iter().copied().chain([(old_middle.len(), new_middle.len())]) {
        let gap = Gap { old: &old_middle, new: &new_middle, moved: &moved };
        steps.extend(gap.steps(from_old..to_old, from_new..to_new).into_iter().map(|step| match step {
            Step::Pair(old, new) => Step::Pair(old + front, new + front),
            Step::Moved(old) => Step::Moved(old + front),
            Step::Removed(old) => Step::Removed(old + front),
            Step::Added(new) => Step::Added(new + front),
        }));
        if to_old < old_middle.len() {
            steps.push(Step::Pair(to_old + front, to_new + front));
        }
        (from_old, from_new) = (to_old + 1, to_new + 1);
    }
    steps.extend((0..back).map(|index| Step::Pair(old_end + index, new_end + index)));
    steps
}

/// The items that keep their names, in the order of both lists.
fn kept(old: &[Item], new: &[Item]) -> Vec<(usize, usize)> {
    let worth = |old_index: usize, new_index: usize| {
        let (Some(old), Some(new)) = (old.get(old_index), new.get(new_index)) else { return 0 };
        match (old.name == new.name, old.last_name() == new.last_name()) {
            (true, _) => 4 + u32::from(old.same(new)),
            (false, true) => 2 + u32::from(old.same(new)),
            (false, false) => 0,
        }
    };
    if let Some(pairs) = best_order(old.len(), new.len(), worth) {
        return pairs;
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, item) in new.iter().enumerate() {
        places.insert(&item.name, index);
    }
    let mut next = 0;
    let in_order = old.iter().enumerate().filter_map(|(index, item)| {
        let place = *places.get(item.name.as_str())?;
        (place >= next).then(|| {
            next = place + 1;
            (index, place)
        })
    });
    in_order.collect()
}

/// The pairs of two lists that are worth most together, both in order; none where the lists are too long for that.
pub(super) fn best_order(
    old: usize,
    new: usize,
    worth: impl Fn(usize, usize) -> u32,
) -> Option<Vec<(usize, usize)>> {
    if old.saturating_mul(new) > PAIRS {
        return None;
    }
    let width = new + 1;
    // What is to be had from a place in both lists on, the last row and column for nothing.
    let mut best = vec![0_u32; (old + 1) * width];
    let at = |best: &[u32], i: usize, j: usize| best.get(i * width + j).copied().unwrap_or_default();
    for i in (0..old).rev() {
        for j in (0..new).rev() {
            let pair = match worth(i, j) {
                0 => 0,
                worth => worth.saturating_add(at(&best, i + 1, j + 1)),
            };
            let value = pair.max(at(&best, i + 1, j)).max(at(&best, i, j + 1));
            if let Some(place) = best.get_mut(i * width + j) {
                *place = value;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < old && j < new {
        let here = at(&best, i, j);
        if here == at(&best, i + 1, j) {
            i += 1;
        } else if here == at(&best, i, j + 1) {
            j += 1;
        } else {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        }
    }
    Some(pairs)
}

/// The names that both lists have, at places that do not go together.
fn moved<'i>(old: &'i [Item], new: &[Item], kept: &[(usize, usize)]) -> HashSet<&'i str> {
    let old_kept: HashSet<usize> = kept.iter().map(|(old, _)| *old).collect();
    let new_kept: HashSet<usize> = kept.iter().map(|(_, new)| *new).collect();
    let left: HashSet<&str> = (0..)
        .zip(new)
        .filter(|(index, _)| !new_kept.contains(index))
        .map(|(_, item)| item.name.as_str())
        .collect();
    let old_left = (0..).zip(old).filter(|(index, _)| !old_kept.contains(index));
    old_left.map(|(_, item)| item.name.as_str()).filter(|name| left.contains(name)).collect()
}

/// What stands between two items that keep their names.
struct Gap<'i> {
    old: &'i [Item],
    new: &'i [Item],
    moved: &'i HashSet<&'i str>,
}

impl Gap<'_> {
    fn steps(&self, old: std::ops::Range<usize>, new: std::ops::Range<usize>) -> Vec<Step> {
        let has_moved = |list: &[Item], index: usize| {
            list.get(index).is_some_and(|item| self.moved.contains(item.name.as_str()))
        };
        let alike = |(old, new): &(usize, usize)| {
            self.old.get(*old).zip(self.new.get(*new)).is_some_and(|(old, new)| old.same(new))
        };
        let (moved, old): (Vec<usize>, Vec<usize>) = old.partition(|index| has_moved(self.old, *index));
        let new: Vec<usize> = new.filter(|index| !has_moved(self.new, *index)).collect();
        let both = || old.iter().copied().zip(new.iter().copied());
        let front = both().take_while(alike).count();
        let most = old.len().min(new.len()) - front;
        let ends = old.iter().rev().copied().zip(new.iter().rev().copied());
        let back = ends.take(most).take_while(alike).count();
        let inside =
            |list: &[usize]| list.get(front..list.len() - back).map(<[usize]>::to_vec).unwrap_or_default();
        let (old_inside, new_inside) = (inside(&old), inside(&new));

        let mut steps: Vec<Step> = moved.into_iter().map(Step::Moved).collect();
        steps.extend(both().take(front).map(|(old, new)| Step::Pair(old, new)));
        let same_kind = |(old, new): (&usize, &usize)| {
            self.old
                .get(*old)
                .zip(self.new.get(*new))
                .is_some_and(|(old, new)| old.shape.kind() == new.shape.kind())
        };
        if old_inside.len() == new_inside.len() && old_inside.iter().zip(&new_inside).all(same_kind) {
            steps.extend(old_inside.into_iter().zip(new_inside).map(|(old, new)| Step::Pair(old, new)));
        } else {
            steps.extend(old_inside.into_iter().map(Step::Removed));
            steps.extend(new_inside.into_iter().map(Step::Added));
        }
        let (old_back, new_back) = (old.len() - back, new.len() - back);
        let ends = old.iter().skip(old_back).zip(new.iter().skip(new_back));
        steps.extend(ends.map(|(old, new)| Step::Pair(*old, *new)));
        steps
    }
}
