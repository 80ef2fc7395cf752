//! Where a screen changes like a film.

use alloc::vec::Vec;

use crate::canvas::Region;
use crate::common::Rect;

/// Places that change often.
#[derive(Debug, Default)]
pub(super) struct Watch {
    places: Vec<Place>,
    /// Places of streams that ended soon, the last ones.
    short: Vec<(u64, Rect, u32)>,
}

#[derive(Debug)]
struct Place {
    /// Of which surface.
    generation: u64,
    area: Rect,
    /// Pictures that followed each other.
    pictures: u32,
    last: u64,
}

impl Watch {
    /// A change of pixels: the place, when it has changed like a film.
    pub(super) fn note(&mut self, generation: u64, region: &Region, now: u64) -> Option<Rect> {
        let bounds = region.bounds();
        let sides = bounds.width().min(bounds.height());
        if sides < LEAST_SIDE || region.len_pixels().saturating_mul(2) < len_pixels(bounds) {
            return None;
        }
        let known = |place: &Place| place.generation == generation && alike(place.area, bounds);
        let Some(place) = self.places.iter_mut().find(|place| known(place)) else {
            if self.places.len() >= MOST_PLACES {
                let oldest = self.places.iter().enumerate().min_by_key(|(_, place)| place.last);
                let oldest = oldest.map_or(0, |(at, _)| at);
                self.places.swap_remove(oldest);
            }
            self.places.push(Place { generation, area: bounds, pictures: 1, last: now });
            return None;
        };
        if now.saturating_sub(place.last) > LONGEST_PAUSE_MS {
            (place.pictures, place.area) = (0, bounds);
        }
        // What comes at the same time is one picture.
        if now > place.last || place.pictures == 0 {
            place.pictures = place.pictures.saturating_add(1);
        }
        place.area = place.area.union(bounds);
        place.last = now;
        let (area, pictures) = (place.area, place.pictures);
        let again = self.short.iter().find(|(of, short, _)| *of == generation && alike(*short, area));
        let least = again.map_or(PICTURES, |(_, _, times)| PICTURES.saturating_mul(*times));
        if pictures < least {
            return None;
        }
        self.places.retain(|place| !known(place));
        Some(area)
    }

    /// A stream has ended after so many milliseconds.
    pub(super) fn ended(&mut self, generation: u64, area: Rect, lasted: u64) {
        let known = self.short.iter().position(|(of, short, _)| *of == generation && alike(*short, area));
        let times = known.map_or(1, |known| self.short.remove(known).2);
        if lasted < SHORT_MS {
            if self.short.len() >= MOST_PLACES {
                self.short.remove(0);
            }
            self.short.push((generation, area, times.saturating_mul(2).min(MOST_TIMES)));
        }
    }
}

/// Whether two rectangles are nearly the same.
fn alike(a: Rect, b: Rect) -> bool {
    len_pixels(a.intersection(b)).saturating_mul(4) >= len_pixels(a.union(b)).saturating_mul(3)
}

pub(super) fn len_pixels(rect: Rect) -> u64 {
    u64::from(rect.width()).saturating_mul(rect.height().into())
}

/// Pixels of the shorter side: smaller films are cheap as pictures.
const LEAST_SIDE: u32 = 96;

/// Pictures that make a film: half a second.
const PICTURES: u32 = 12;

/// Milliseconds between two pictures, at most: four in a second.
const LONGEST_PAUSE_MS: u64 = 250;

/// A stream is short that lasted less than so many milliseconds.
const SHORT_MS: u64 = 3000;

/// So many times as many pictures are needed at most.
const MOST_TIMES: u32 = 8;

/// Places that are watched.
const MOST_PLACES: usize = 8;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use super::*;

    const FILM: Rect = Rect { top: 100, left: 50, bottom: 300, right: 400 };

    fn first(watch: &mut Watch, pause: u64, start: u64) -> Option<u64> {
        (0..200).find(|n| watch.note(1, &FILM.into(), start + n * pause).is_some())
    }

    #[test]
    fn a_dozen_pictures_make_a_film() {
        assert_eq!(first(&mut Watch::default(), 40, 1000), Some(11));
        assert_eq!(first(&mut Watch::default(), 250, 1000), Some(11));
        assert_eq!(first(&mut Watch::default(), 251, 1000), None);
    }

    #[test]
    fn pictures_at_the_same_time_are_one() {
        assert_eq!(first(&mut Watch::default(), 0, 1000), None);
    }

    #[test]
    fn other_places_and_small_ones_are_none() {
        let mut watch = Watch::default();
        for n in 0..100 {
            let moved = FILM.translated(n * 120, 0);
            assert_eq!(watch.note(1, &moved.into(), n as u64 * 40), None);
            let small = Rect::new(0, 0, 300, 95);
            assert_eq!(watch.note(1, &small.into(), n as u64 * 40), None);
        }
    }

    #[test]
    fn a_short_stream_makes_the_next_one_wait() {
        let mut watch = Watch::default();
        watch.ended(1, FILM, 2999);
        assert_eq!(first(&mut watch, 40, 0), Some(23));
        watch.ended(1, FILM, 100);
        assert_eq!(first(&mut watch, 40, 9000), Some(47));
        watch.ended(1, FILM, 3000);
        assert_eq!(first(&mut watch, 40, 90_000), Some(11));
    }
}
