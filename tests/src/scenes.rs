//! What people do at a screen, made up: the same pictures in every run, to compare servers by.
//!
//! A scene is a screen of 1920 by 1080 and a number of frames. Each frame changes pixels and says in which rectangles, as a
//! producer of frame buffers knows it: it does not say what moved.

use spice_proto::Limits;
use spice_proto::common::Rect;
use spice_proto::image::{Format, Pixmap};

/// Pixels of a row of the screen.
pub const WIDTH: u32 = 1920;
/// Rows of the screen.
pub const HEIGHT: u32 = 1080;

/// A scene: its name, how many frames it has, and what a frame does.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// A word for tables.
    pub name: &'static str,
    /// How many frames it has.
    pub frames: u32,
    frame: fn(&mut Picture, u32),
}

/// All scenes.
pub const SCENES: [Scene; 9] = [
    Scene { name: "typing", frames: 80, frame: typing },
    Scene { name: "scrolling", frames: 40, frame: scrolling },
    Scene { name: "dragging", frames: 40, frame: dragging },
    Scene { name: "menus", frames: 40, frame: menus },
    Scene { name: "slides", frames: 8, frame: slides },
    Scene { name: "video", frames: 50, frame: video },
    Scene { name: "full_video", frames: 12, frame: full_video },
    Scene { name: "game", frames: 12, frame: game },
    Scene { name: "idle", frames: 60, frame: idle },
];

impl Scene {
    /// The screen before the first frame: a desktop with a window of text.
    #[must_use]
    pub fn start(&self) -> Picture {
        let mut picture = Picture::new();
        picture.desktop(Rect::of_size(WIDTH, HEIGHT));
        picture.window(WINDOW, 0);
        picture.changed.clear();
        picture
    }

    /// Makes frame `number`, from 0; frames follow each other.
    pub fn frame(&self, picture: &mut Picture, number: u32) {
        picture.changed.clear();
        (self.frame)(picture, number);
    }
}

/// The screen's pixels, and where the last frame changed them.
#[derive(Debug)]
pub struct Picture {
    /// 32-bit pixels.
    pub pixels: Pixmap,
    /// Rectangles of the last frame.
    pub changed: Vec<Rect>,
}

/// The editor.
const WINDOW: Rect = Rect { top: 100, left: 200, bottom: 900, right: 1400 };

fn typing(picture: &mut Picture, number: u32) {
    let (column, row) = (number % 60, number / 60);
    let (x, y) = (WINDOW.left + 8 + 8 * column as i32, WINDOW.top + 40 + 16 * row as i32);
    picture.fill(Rect::new(x, y, 18, 16), 0x00ff_ffff);
    picture.glyph(x, y, number.wrapping_mul(7) % 50, 0);
    picture.fill(Rect::new(x + 9, y, 2, 16), 0);
    picture.changed.push(Rect::new(x, y, 18, 16));
}

fn scrolling(picture: &mut Picture, number: u32) {
    picture.window(WINDOW, (number + 1) * 3);
    picture.changed.push(Rect { top: WINDOW.top + 24, ..WINDOW });
}

fn dragging(picture: &mut Picture, number: u32) {
    let place = |number: u32| WINDOW.translated(number as i32 * 11, number as i32 * 4);
    picture.desktop(place(number));
    picture.window(place(number + 1), 0);
    picture.changed.push(place(number).union(place(number + 1)).intersection(Rect::of_size(WIDTH, HEIGHT)));
}

fn menus(picture: &mut Picture, number: u32) {
    let which = number / 2 % 4;
    let menu = Rect::new(210 + 90 * which as i32, 124, 260, 340);
    if number.is_multiple_of(2) {
        picture.fill(menu, 0x00f0_f0f0);
        for line in 0..20 {
            picture.text(menu.left + 12, menu.top + 8 + 16 * line, which * 100 + line as u32, 24, 0);
        }
    } else {
        picture.window(WINDOW, 0);
    }
    picture.changed.push(menu);
}

fn slides(picture: &mut Picture, number: u32) {
    // One slide is shown again.
    let slide = if number == 5 { 1 } else { number };
    picture.photograph(Rect::of_size(WIDTH, HEIGHT), slide * 7_777, 0);
    picture.changed.push(Rect::of_size(WIDTH, HEIGHT));
}

fn video(picture: &mut Picture, number: u32) {
    let place = Rect::new(600, 300, 640, 360);
    picture.photograph(place, 42, number * 5);
    picture.changed.push(place);
}

fn full_video(picture: &mut Picture, number: u32) {
    picture.photograph(Rect::of_size(WIDTH, HEIGHT), 43, number * 9);
    picture.changed.push(Rect::of_size(WIDTH, HEIGHT));
}

fn game(picture: &mut Picture, number: u32) {
    let screen = Rect::of_size(WIDTH, HEIGHT);
    // Tiles that come nearer, and figures with hard edges before them.
    picture.each(screen, |x, y| {
        let depth = (y as u32).max(300) - 280;
        let (u, v) = ((x - 960) * 400 / depth as i32, 40_000 / depth as i32 + number as i32 * 6);
        let light = 255_u32.min(depth / 3 + 20);
        if (u >> 5 ^ v >> 4) & 1 == 0 { light << 16 | light << 8 } else { light << 8 | light }
    });
    for figure in 0..30 {
        let (x, y) = (hash(figure) % 1800 + number * 13, hash(figure + 99) % 900 + number * 5);
        let place = Rect::new(x as i32, y as i32, 40, 60).intersection(screen);
        picture.fill(place, hash(figure + 7) & 0x00ff_ffff);
    }
    picture.changed.push(screen);
}

fn idle(picture: &mut Picture, number: u32) {
    let caret = Rect::new(WINDOW.left + 8, WINDOW.top + 40, 2, 16);
    picture.fill(caret, if number.is_multiple_of(2) { 0 } else { 0x00ff_ffff });
    picture.changed.push(caret);
}

impl Picture {
    fn new() -> Self {
        let pixels =
            Pixmap::new(Format::Xrgb8888, WIDTH, HEIGHT, &Limits::default()).expect("a small picture");
        Self { pixels, changed: Vec::new() }
    }

    /// Sets every pixel of a rectangle, as far as it is on the screen.
    fn each(&mut self, rect: Rect, colour: impl Fn(i32, i32) -> u32) {
        let rect = rect.intersection(Rect::of_size(WIDTH, HEIGHT));
        let rows = self.pixels.data_mut().chunks_exact_mut(WIDTH as usize * 4);
        for (y, row) in (0..).zip(rows).skip(rect.top as usize).take(rect.height() as usize) {
            let pixels = row.as_chunks_mut::<4>().0;
            for (x, pixel) in (0..).zip(pixels).skip(rect.left as usize).take(rect.width() as usize) {
                *pixel = colour(x, y).to_le_bytes();
            }
        }
    }

    fn fill(&mut self, rect: Rect, colour: u32) {
        self.each(rect, |_, _| colour);
    }

    /// The wallpaper: smooth, with a little grain.
    fn desktop(&mut self, rect: Rect) {
        self.each(rect, |x, y| {
            let grain = hash(x as u32 / 2 + y as u32 / 2 * 4099) & 3;
            let (blue, green) = ((x / 12) as u32 & 0xff, (y / 6) as u32 & 0xff);
            (blue + grain) | ((green / 2 + grain) << 8) | 0x20_0000
        });
    }

    /// A window with lines of text from `line` on.
    fn window(&mut self, place: Rect, line: u32) {
        self.fill(place, 0x00ff_ffff);
        self.fill(Rect { bottom: place.top + 24, ..place }, 0x0030_50a0);
        self.text(place.left + 8, place.top + 4, 1, 30, 0x00ff_ffff);
        for row in 0..(place.height() - 48) / 16 {
            let len = hash(line + row + 31) % 110;
            self.text(place.left + 8, place.top + 40 + 16 * row as i32, 1_000 + line + row, len, 0x0010_1010);
        }
    }

    /// A line of text: `seed` says which.
    fn text(&mut self, x: i32, y: i32, seed: u32, len: u32, colour: u32) {
        for at in 0..len {
            let letter = hash(seed.wrapping_mul(131) + at) % 56;
            if letter < 46 {
                self.glyph(x + 8 * at as i32, y, letter, colour);
            }
        }
    }

    /// A letter of 8 by 16 pixels: strokes, with grey edges.
    fn glyph(&mut self, x: i32, y: i32, letter: u32, colour: u32) {
        for row in 3..13_i32 {
            let bits = hash(letter * 16 + row as u32 / 3) & hash(letter * 16 + 9) | 1 << (letter % 6);
            for column in 0..7_i32 {
                let on = |column: i32| bits >> column & 1 == 1;
                if on(column) {
                    self.fill(Rect::new(x + column, y + row, 1, 1), colour);
                } else if on(column + 1) {
                    self.fill(Rect::new(x + column, y + row, 1, 1), 0x0090_9090);
                }
            }
        }
    }

    /// A photograph: smooth shapes of several sizes and grain, moved to the left by `shift`.
    fn photograph(&mut self, rect: Rect, seed: u32, shift: u32) {
        self.each(rect, |x, y| {
            let (x, y) = (x as u32 + shift, y as u32);
            let mut colour = [0; 3];
            for (channel, value) in colour.iter_mut().enumerate() {
                let seed = seed + channel as u32 * 500;
                let wide =
                    smooth(x, y, 8, seed) * 2 + smooth(x, y, 5, seed + 1) + smooth(x, y, 3, seed + 2) / 2;
                *value = (wide * 2 / 7 + (hash(x ^ y.wrapping_mul(7919) ^ seed ^ shift) & 3)).min(255);
            }
            colour[0] | colour[1] << 8 | colour[2] << 16
        });
    }
}

/// Values from 0 to 255 that change slowly: random at every `1 << bits` pixels, and in between what lies in between.
fn smooth(x: u32, y: u32, bits: u32, seed: u32) -> u32 {
    let (left, top, size) = (x >> bits, y >> bits, 1 << bits);
    let (dx, dy) = (x & (size - 1), y & (size - 1));
    let corner = |x: u32, y: u32| hash(x ^ y.wrapping_mul(65_599) ^ seed.wrapping_mul(2_654_435_761)) & 0xff;
    let row = |y: u32| corner(left, y) * (size - dx) + corner(left + 1, y) * dx;
    (row(top) * (size - dy) + row(top + 1) * dy) >> (2 * bits)
}

/// A number that looks random.
fn hash(number: u32) -> u32 {
    let number = (number ^ number >> 16).wrapping_mul(0x45d9_f3b5);
    let number = (number ^ number >> 15).wrapping_mul(0x2c1b_3c6d);
    number ^ number >> 14
}
