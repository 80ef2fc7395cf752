//! What our server shows: raw pixels that others write, folders, films. The client is the library's.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use spice_proto::canvas::{self, Canvas};
use spice_proto::display::BitmapFmt;
use spice_proto::drive::{Event, Password, SessionConfig, Target, blocking::Session};
use spice_proto::image::bitmap::Bitmap;
use spice_proto::image::{Format, Pixmap, SharedCaches, convert_row, jpeg};
use spice_proto::{ChannelType, Limits, ServerMessage};

use crate::clients::text;
use crate::live::{Folder, trial};
use crate::ours::{self, Ours};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("raw_pixels_are_followed", &[], raw),
        trial("a_folder_is_shown_again_and_again", &[], folder),
        trial("a_film_is_shown_frame_by_frame", &[], film),
        trial("sources_that_cannot_be_shown_are_named", &[], errors),
    ]
}

/// Shows what the server has to `look` until that is content.
fn look(port: u16, mut look: impl FnMut(&Pixmap) -> bool) {
    let limits = Limits::default();
    let dial = move |_: &Target| TcpStream::connect(("127.0.0.1", port));
    let config = SessionConfig::new().with_one(ChannelType::DISPLAY, 0, canvas::capabilities(&[]));
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has random bytes");
    let mut session = Session::new(dial, config, Password::new("", random));
    let (mut canvas, mut shared, start) = (Canvas::new(&limits), SharedCaches::new(&limits), Instant::now());
    while !canvas.surface(0).is_some_and(&mut look) {
        assert!(start.elapsed() < Duration::from_secs(30), "the picture does not come");
        let event = match session.next_within(Duration::from_secs(1)) {
            Err(error) if error.is_timeout() => continue,
            event => event.expect("a session").expect("the server is there"),
        };
        let Event::Message(_, message) = event else { continue };
        if let ServerMessage::Display(message) = message.parse().expect("known") {
            canvas.apply(&message, &mut shared).expect("it can be drawn");
        }
    }
}

/// Rows of 40 pixels in 200 bytes, the last without its gap.
fn raw() {
    let (width, height, stride) = (40_u32, 30_u32, 200);
    let folder = Folder::new();
    let file = folder.file("frame");
    for (name, format) in [("bgrx", Format::Xrgb8888), ("bgr", Format::Rgb888), ("rgb565", Format::Rgb565)] {
        let pixels = |seed: u32| -> Vec<u8> {
            let bytes = 0..stride * (height - 1) + format.row_len_bytes(width) as u32;
            bytes.map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 11) as u8).collect()
        };
        let wanted = |pixels: &[u8]| {
            let mut wanted = Pixmap::new(Format::Xrgb8888, width, height, &Limits::default()).expect("small");
            let rows = wanted.data_mut().chunks_exact_mut(4 * width as usize);
            for (to, from) in rows.zip(pixels.chunks(stride as usize)) {
                convert_row(format, from, Format::Xrgb8888, to, width);
            }
            wanted
        };
        fs::write(&file, pixels(1)).expect("a file");
        let path = file.to_str().expect("a plain path");
        let ours = Ours::start(&[], &[path, "--size", "40x30", "--format", name, "--stride", "200"]);
        look(ours.port, |shown| is_same(shown, &wanted(&pixels(1))));
        let mut seen = false;
        look(ours.port, |shown| {
            if !std::mem::replace(&mut seen, true) {
                fs::write(&file, pixels(2)).expect("a file");
            }
            is_same(shown, &wanted(&pixels(2)))
        });
    }
}

/// The fourth byte is no colour.
fn is_same(one: &Pixmap, other: &Pixmap) -> bool {
    let colours =
        |of: &Pixmap| of.data().chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect::<Vec<_>>();
    (one.width(), one.height()) == (other.width(), other.height()) && colours(one) == colours(other)
}

fn write_png(path: &Path, width: u32, height: u32, colour: [u8; 3]) {
    let file = fs::File::create(path).expect("a file");
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&colour.repeat((width * height) as usize)).expect("a picture");
}

/// Pictures of two sizes, by their names; other files do not count. After the last comes the first.
fn folder() {
    let folder = Folder::new();
    write_png(&folder.file("2.png"), 50, 40, [4, 5, 6]);
    write_png(&folder.file("1.PNG"), 60, 40, [1, 2, 3]);
    write_png(&folder.file("3.png"), 60, 40, [7, 8, 9]);
    fs::write(folder.file("notes.txt"), "no picture").expect("a file");
    let path = folder.file("").display().to_string();
    let ours = Ours::start(&[], &[&path, "--rate", "20"]);
    let mut seen = Vec::new();
    look(ours.port, |shown| {
        let now = (shown.width(), [shown.data()[2], shown.data()[1], shown.data()[0]]);
        // Between a new size and its first pixels all is black.
        if seen.last() != Some(&now) && now.1 != [0; 3] {
            seen.push(now);
        }
        seen.len() > 6
    });
    let order = [(60, [1, 2, 3]), (50, [4, 5, 6]), (60, [7, 8, 9])];
    let first = order.iter().position(|one| *one == seen[0]).expect("one of them");
    let wanted: Vec<_> = order.iter().cycle().skip(first).take(seen.len()).copied().collect();
    assert_eq!(seen, wanted);
}

/// JPEG and PNG files one after the other, in one file.
fn film() {
    let folder = Folder::new();
    let mut frames = Vec::new();
    let mut wanted = Vec::new();
    for seed in 0..3_u8 {
        let mut frame = Pixmap::new(Format::Xrgb8888, 64, 48, &Limits::default()).expect("small");
        frame.data_mut().iter_mut().enumerate().for_each(|(at, byte)| *byte = (at / 64) as u8 ^ seed << 5);
        let mut file = Vec::new();
        let format = BitmapFmt::FMT_32BIT;
        let data = frame.data();
        let bitmap = Bitmap { format, width: 64, height: 48, stride: 4 * 64, top_down: true, data };
        jpeg::Encoder::new().encode(&bitmap, 90, &mut file).expect("it can be coded");
        wanted.push(jpeg::decode(&file, 64, 48, &Limits::default()).expect("a picture"));
        frames.extend(file);
    }
    let png = folder.file("last.png");
    write_png(&png, 64, 48, [9, 8, 7]);
    frames.extend(fs::read(&png).expect("a file"));
    let mut last = Pixmap::new(Format::Xrgb8888, 64, 48, &Limits::default()).expect("small");
    last.data_mut().chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[7, 8, 9, 0]));
    wanted.push(last);
    let path = folder.file("film.mjpeg");
    fs::write(&path, &frames).expect("a file");
    let ours = Ours::start(&[], &[path.to_str().expect("a plain path"), "--rate", "20"]);
    let mut seen = vec![0; wanted.len()];
    look(ours.port, |shown| {
        if let Some(frame) = wanted.iter().position(|wanted| is_same(shown, wanted)) {
            seen[frame] += 1;
        }
        seen.iter().all(|times| *times > 1)
    });
}

fn errors() {
    let folder = Folder::new();
    let file = |name: &str, bytes: &[u8]| {
        fs::write(folder.file(name), bytes).expect("a file");
        folder.file(name).display().to_string()
    };
    let (short, empty, cut) = (
        file("short", &[0; 100]),
        folder.file("empty").display().to_string(),
        file("cut", b"\x89PNG\r\n\x1a\n"),
    );
    fs::create_dir(&empty).expect("a folder");
    for (arguments, status, said) in [
        (&[short.as_str(), "--size", "40x30"][..], 1, "100 bytes, and 40x30 pixels need 4800"),
        (&[&short, "--size", "40x30", "--stride", "20"], 1, "160 bytes, more than the stride of 20"),
        (&[&short], 1, "neither PNG nor JPEG; for raw pixels say --size"),
        (&[&empty], 1, "no PNG or JPEG files in this folder"),
        (&[&cut], 1, "the last frame is cut off"),
        (&[&short, "--size", "40"], 2, "such as 1024x768"),
        (&["--size", "40x30"], 2, "required"),
        (&[&short, "--rate", "0"], 2, "a number from 0.01 to 1000"),
    ] {
        let output = ours::once(arguments);
        let text = text(&output);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}
