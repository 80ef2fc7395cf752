//! Whether a picture looks like a photograph: how many small steps there are between neighbouring pixels
//! ([`docs/spec/lz-glz.md` §6](crate::spec::lz_glz#6-which-codec-the-c-server-picks-information-free-for-an-encoder)).
//!
//! Windows and text have pixels that are equal to their neighbours, or very different. Photographs and gradients have
//! pixels that differ a little. A sample of some thousand pixels tells them apart, which is quick next to any codec.

use super::{Format, View};

/// Whether small steps prevail, so that prediction ([`quic`](super::quic)) suits the picture better than repetition.
///
/// Always false for pictures without colours and for those of one row or column.
pub(crate) fn is_gradual(view: &View<'_>) -> bool {
    let score = match view.format() {
        Format::A1 | Format::A8 => return false,
        Format::Xrgb1555 => score::<2>(view, differs_555),
        Format::Rgb565 => score::<2>(view, differs_565),
        Format::Rgb888 => score::<3>(view, differs_888),
        Format::Xrgb8888 | Format::Argb8888 => score::<4>(view, |a, b| differs_888(low(a), low(b))),
    };
    // Quarters of a point for each of three pairs, and the thresholds of the reference: -0.03, for 16 bits 0.
    let Score { quarters, samples } = score;
    let limit = if view.format().bits_per_pixel() == 16 { 0 } else { samples.saturating_mul(-9) / 25 };
    samples > 0 && quarters < limit
}

/// What the samples gave.
#[derive(Default)]
struct Score {
    quarters: i64,
    samples: i64,
}

/// Compares every fifteenth pixel with its neighbours to the right, below, and below to the right; as many as
/// [`SAMPLES`], where the reference looks at all.
fn score<const N: usize>(view: &View<'_>, differs: impl Fn([u8; N], [u8; N]) -> Step) -> Score {
    let mut score = Score::default();
    let width = view.width() as usize;
    let Some(last) = width.checked_sub(1).filter(|&last| last > 0) else {
        return score;
    };
    // A step that divides the width would look at the same columns in every row.
    let step = if width.is_multiple_of(STEP) { STEP.saturating_sub(1) } else { STEP };
    let mut x = width / 2;
    let in_row = view.width().checked_div(STEP as u32).unwrap_or(1).max(1);
    let looked_at = SAMPLES.checked_div(in_row).unwrap_or(1).clamp(LEAST_ROWS, MOST_ROWS);
    let rows = view.height().checked_div(looked_at).unwrap_or(1).max(1) as usize;
    for y in (0..view.height().saturating_sub(1)).step_by(rows) {
        let (pixels, next) =
            (view.row(y).as_chunks::<N>().0, view.row(y.saturating_add(1)).as_chunks::<N>().0);
        while x < width {
            let at = x.min(last.saturating_sub(1));
            let right = at.saturating_add(1);
            if let (Some(&pixel), Some(&right_of), Some(&under), Some(&across)) =
                (pixels.get(at), pixels.get(right), next.get(at), next.get(right))
            {
                let steps = [right_of, under, across].map(|other| differs(pixel, other) as i64);
                // A flat place says nothing.
                let flat = steps == [Step::None as i64; 3];
                let quarters = if flat { 0 } else { steps.iter().sum() };
                score.quarters = score.quarters.saturating_add(quarters);
                score.samples = score.samples.saturating_add(1);
            }
            x = x.saturating_add(step);
        }
        x = x.saturating_sub(width);
    }
    score
}

/// How two pixels differ, with the quarters of a point that it counts.
#[derive(Clone, Copy)]
enum Step {
    Small = -1,
    None = 2,
    Large = 4,
}

fn differs_888([b, g, r]: [u8; 3], [b2, g2, r2]: [u8; 3]) -> Step {
    step([b.abs_diff(b2), g.abs_diff(g2), r.abs_diff(r2)], 60)
}

fn differs_555(a: [u8; 2], b: [u8; 2]) -> Step {
    let five = |word: [u8; 2], shift: u32| (u16::from_le_bytes(word) >> shift & 31) as u8;
    step([0, 5, 10].map(|shift| five(a, shift).abs_diff(five(b, shift))), 8)
}

fn differs_565(a: [u8; 2], b: [u8; 2]) -> Step {
    let five = |word: [u8; 2], shift: u32| (u16::from_le_bytes(word) >> shift & 31) as u8;
    step([0, 6, 11].map(|shift| five(a, shift).abs_diff(five(b, shift))), 8)
}

fn step(differences: [u8; 3], large: u8) -> Step {
    match differences.into_iter().max() {
        Some(0) | None => Step::None,
        Some(most) if most >= large => Step::Large,
        Some(_) => Step::Small,
    }
}

fn low([b, g, r, _]: [u8; 4]) -> [u8; 3] {
    [b, g, r]
}

/// Pixels from one sample to the next.
const STEP: usize = 15;

/// Samples of a picture; some more when rows are long. Twice as many when the height is no multiple.
const SAMPLES: u32 = 2048;

/// Rows that are looked at.
const LEAST_ROWS: u32 = 16;
const MOST_ROWS: u32 = 128;
