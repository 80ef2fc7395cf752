//! Strokes against the rules of `docs/spec/canvas.md` §13: lines step by step, dashes whatever the clip.

use spice_proto::common::{PointFix, Rect};
use spice_proto::display::{
    Brush, BrushBody, BrushType, DrawStroke, LineAttr, LineFlags, Path, PathFlags, PathSegment, Pattern,
    Ropd, ServerMessage, Stroke, SurfaceFmt,
};
use spice_proto::wire::{List, Pointer};
use spice_proto_tests::random::Random;

use super::test_canvas::{TestCanvas, base, may_write, rect, solid, surface_image};

const SIZE: i32 = 40;
const WHOLE: Rect = Rect { top: 0, left: 0, bottom: SIZE, right: SIZE };

/// Points in 28.4 with flags.
type Segments = Vec<(PathFlags, Vec<PointFix>)>;

fn draw(
    canvas: &mut TestCanvas,
    segments: &Segments,
    style: Option<(&[i32], bool)>,
    brush: Brush<'_>,
    mode: Ropd,
    box_: Rect,
    clip: Option<&[Rect]>,
) {
    let list: Vec<PathSegment<'_>> = segments
        .iter()
        .map(|(flags, points)| PathSegment { flags: *flags, points: (&points[..]).into() })
        .collect();
    let path = Path { segments: (&list[..]).into() };
    let gap = |gap| if gap { LineFlags::START_WITH_GAP } else { LineFlags::empty() };
    let attr = LineAttr {
        flags: style.map_or(LineFlags::empty(), |(_, starts)| LineFlags::STYLED | gap(starts)),
        style_nseg: style.map(|(style, _)| style.len() as u8),
        style: style.map(|(style, _)| Some(List::from(style))),
    };
    let data = Stroke { path: Pointer::from(&path), attr, brush, fore_mode: mode, back_mode: Ropd::empty() };
    canvas.draw(&ServerMessage::DrawStroke(DrawStroke { base: base(0, box_, clip), data }));
}

fn coordinate(spread: usize, random: &mut Random) -> i32 {
    (random.below(2 * spread) as i32 - spread as i32 + SIZE / 2) * 16 + random.below(16) as i32
}

fn points(count: usize, spread: usize, random: &mut Random) -> Vec<PointFix> {
    (0..count).map(|_| PointFix { x: coordinate(spread, random), y: coordinate(spread, random) }).collect()
}

fn round(fixed: i32) -> i64 {
    i64::from((fixed >> 4) + i32::from(fixed & 15 > 8))
}

/// The lists of points of a path without curves.
fn lists(segments: &Segments) -> Vec<Vec<(i64, i64)>> {
    let (mut done, mut list) = (Vec::new(), Vec::new());
    for (flags, points) in segments {
        if flags.contains(PathFlags::BEGIN) {
            done.push(std::mem::take(&mut list));
        }
        list.extend(points.iter().map(|point| (round(point.x), round(point.y))));
        if flags.contains(PathFlags::END) {
            if flags.contains(PathFlags::CLOSE) && !list.is_empty() {
                list.push(list[0]);
            }
            done.push(std::mem::take(&mut list));
        }
    }
    done.push(list);
    done
}

/// Every pixel of a line, as the specification walks.
fn walk((x1, y1): (i64, i64), (x2, y2): (i64, i64), mut plot: impl FnMut(i64, i64)) {
    let (dx, dy) = (x2 - x1, y2 - y1);
    let x_major = dx.abs() > dy.abs();
    let (major, minor) = if x_major { (dx, dy) } else { (dy, dx) };
    let (long, short) = (major.abs(), minor.abs());
    let mut e = 2 * short - long - i64::from(major < 0);
    let (mut x, mut y) = (x1, y1);
    for _ in 0..long {
        plot(x, y);
        if e >= 0 {
            if x_major {
                y += dy.signum()
            } else {
                x += dx.signum()
            }
            e -= 2 * long;
        }
        e += 2 * short;
        if x_major { x += dx.signum() } else { y += dy.signum() }
    }
}

#[test]
fn random_lines_have_the_pixels_of_the_walk() {
    let (mut random, mut plotted) = (Random::new(13), 0_u64);
    for case in 0..3000 {
        let mut canvas = TestCanvas::new();
        canvas.noise(0, SurfaceFmt::FMT_8_A, SIZE.into(), SIZE.into(), &mut random);
        canvas.noise(1, SurfaceFmt::FMT_8_A, 5, 3, &mut random);
        let spread = [3, 10, 30, 300, 16000][random.below(5)];
        let segments: Segments = (0..1 + random.below(4))
            .map(|_| {
                let flags = random.below(16) as u8;
                let count = random.below(6);
                (PathFlags::from_bits_retain(flags), points(count, spread, &mut random))
            })
            .collect();
        let box_ = if random.below(2) == 0 { WHOLE } else { rect(SIZE, &mut random) };
        let clip: Vec<Rect> = (0..random.below(6)).map(|_| rect(SIZE, &mut random)).collect();
        let clip = (!clip.is_empty()).then_some(&clip[..]);
        let picture = surface_image(1);
        let pos = spice_proto::common::Point { x: random.below(9) as i32 - 4, y: random.below(9) as i32 - 4 };
        let pattern = Pattern { pat: Pointer::from(&picture), pos };
        let brush = match random.below(3) {
            0 => Brush { type_: BrushType::PATTERN, body: BrushBody::Pattern(pattern) },
            _ => solid(random.number() as u32),
        };
        let (mode, xor) = [(Ropd::OP_PUT, false), (Ropd::OP_XOR, true)][random.below(2)];
        let mut expected = canvas.raw(0);
        let tile = canvas.raw(1);
        for list in lists(&segments) {
            for pair in list.windows(2) {
                walk(pair[0], pair[1], |x, y| {
                    if expected.at(x, y).is_none() || !may_write(&box_, clip, x, y) {
                        return;
                    }
                    let source = match brush.body {
                        BrushBody::Color(colour) => colour & 0xff,
                        _ => {
                            let (x, y) = (x - i64::from(pos.x), y - i64::from(pos.y));
                            tile.at(x.rem_euclid(5), y.rem_euclid(3)).unwrap()
                        }
                    };
                    let word = &mut expected.words[(y * i64::from(SIZE) + x) as usize];
                    *word = if xor { *word ^ source } else { source };
                    plotted += 1;
                });
            }
        }
        draw(&mut canvas, &segments, None, brush, mode, box_, clip);
        assert!(canvas.raw(0) == expected, "case {case}: {segments:?}");
    }
    println!("{plotted} pixels");
    assert!(plotted > 20_000);
}

#[test]
fn a_clip_takes_pixels_away_and_changes_none() {
    let mut random = Random::new(14);
    let mut drawn = 0;
    for case in 0..3000 {
        let style: Vec<i32> = (0..1 + random.below(5)).map(|_| random.below(7 * 16) as i32).collect();
        if style.iter().all(|&length| round(length) == 0) {
            continue;
        }
        let style = Some((&style[..], random.below(2) == 0)).filter(|_| case % 4 != 0);
        let spread = [5, 20, 60, 400][random.below(4)];
        let curve = if random.below(3) == 0 { PathFlags::BEZIER } else { PathFlags::empty() };
        let ends = [PathFlags::END, PathFlags::END | PathFlags::CLOSE][random.below(2)];
        let count = 1 + 3 * (1 + random.below(2));
        let segments = vec![(PathFlags::BEGIN | ends | curve, points(count, spread, &mut random))];
        let mode = [Ropd::OP_PUT, Ropd::OP_XOR, Ropd::OP_INVERS, Ropd::OP_OR][random.below(4)];
        let clip: Vec<Rect> = (0..1 + random.below(6)).map(|_| rect(SIZE, &mut random)).collect();
        let mut raws = [None, Some(&clip[..])].map(|clip| {
            let mut canvas = TestCanvas::new();
            canvas.create(0, SurfaceFmt::FMT_8_A, SIZE as u32, SIZE as u32);
            draw(&mut canvas, &segments, style, solid(0xa5), mode, WHOLE, clip);
            canvas.raw(0)
        });
        for y in 0..SIZE.into() {
            for x in 0..SIZE.into() {
                let word = &mut raws[0].words[(y * i64::from(SIZE) + x) as usize];
                drawn += u64::from(*word != 0);
                if !may_write(&WHOLE, Some(&clip), x, y) {
                    *word = 0;
                }
            }
        }
        assert!(raws[0] == raws[1], "case {case}: {segments:?} {style:?} {mode:?}");
    }
    println!("{drawn} pixels");
    assert!(drawn > 20_000);
}

#[test]
fn dashes_from_far_away_arrive_in_step() {
    // Along an axis, lengths are exact: 5 drawn, 3 not, from wherever the line starts.
    for start in [-20_000_i64, -9_001, -70_000, -8_200_000, 33] {
        for (across, down) in [(1, 0), (0, 1)] {
            let mut canvas = TestCanvas::new();
            canvas.create(0, SurfaceFmt::FMT_8_A, SIZE as u32, SIZE as u32);
            let at = |along: i64| PointFix {
                x: ((if across == 1 { along } else { 7 }) * 16) as i32,
                y: ((if down == 1 { along } else { 7 }) * 16) as i32,
            };
            let segments =
                vec![(PathFlags::BEGIN | PathFlags::END, vec![at(start), at(start + 8_300_000), at(start)])];
            draw(&mut canvas, &segments, Some((&[80, 48], false)), solid(255), Ropd::OP_PUT, WHOLE, None);
            let raw = canvas.raw(0);
            for along in start.max(0)..SIZE.into() {
                // The way back begins where the way out ended in the pattern: 8_300_000 is 4 more than whole patterns.
                let out = (along - start) % 8 < 5;
                let back_from = start + 8_300_000;
                let back = (back_from - 1 - along).rem_euclid(8) < 5;
                let got = raw.at(if across == 1 { along } else { 7 }, if down == 1 { along } else { 7 });
                assert_eq!(
                    got,
                    Some(if out || back { 255 } else { 0 }),
                    "from {start}, ({across}, {down}), at {along}"
                );
            }
        }
    }
}

/// A gap and a dash of no length between two lengths change nothing along a line; joins look at the pattern itself.
#[test]
fn lengths_of_nothing_draw_nothing() {
    let mut random = Random::new(11);
    for case in 0..400 {
        let plain: Vec<i32> =
            (0..2 + 2 * random.below(2)).map(|_| 16 * (1 + random.below(9) as i32)).collect();
        let mut padded = plain.clone();
        let at = 1 + random.below(plain.len());
        let pairs = if case % 20 == 0 { 252 - plain.len() } else { 2 * random.below(4) };
        padded.splice(at..at, std::iter::repeat_n(0, pairs));
        let segments = vec![(PathFlags::BEGIN | PathFlags::END, points(2, 60, &mut random))];
        let raws = [&plain, &padded].map(|style| {
            let mut canvas = TestCanvas::new();
            canvas.create(0, SurfaceFmt::FMT_8_A, SIZE as u32, SIZE as u32);
            draw(&mut canvas, &segments, Some((&style[..], false)), solid(255), Ropd::OP_XOR, WHOLE, None);
            canvas.raw(0)
        });
        assert!(raws[0] == raws[1], "case {case}: {plain:?} and {padded:?}, {segments:?}");
    }
}

#[test]
fn curves_of_any_size_end() {
    let mut canvas = TestCanvas::new();
    canvas.create(0, SurfaceFmt::FMT_8_A, SIZE as u32, SIZE as u32);
    let far = [i32::MIN, i32::MAX, 1, -16, 320];
    for case in (0..625_usize).step_by(7) {
        let pick = |digit: u32| far[case / 5_usize.pow(digit) % 5];
        let points = [(0, 1), (1, 2), (2, 3), (3, 0)].map(|(x, y)| PointFix { x: pick(x), y: pick(y) });
        let flags = PathFlags::BEGIN | PathFlags::BEZIER | PathFlags::END | PathFlags::CLOSE;
        draw(&mut canvas, &vec![(flags, points.to_vec())], None, solid(255), Ropd::OP_PUT, WHOLE, None);
        let style = Some((&[16, 16][..], false));
        draw(&mut canvas, &vec![(flags, points.to_vec())], style, solid(255), Ropd::OP_XOR, WHOLE, None);
    }
}
