//! Pictures: what no decoder is there for, and the pointer.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use crate::tool::{Folder, run, session};

/// Width, height, bytes a pixel, pixels, comment.
type Picture = (u32, u32, usize, Vec<u8>, Option<String>);

fn png(path: &Path) -> Picture {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let comment = reader.info().uncompressed_latin1_text.iter().find(|text| text.keyword == "Comment");
    (info.width, info.height, info.color_type.samples(), pixels, comment.map(|text| text.text.clone()))
}

#[test]
fn frames_that_nobody_decodes_are_said_once_and_pictures_are_marked() {
    // Of the last one the screen is made anew after the video.
    for (name, codec, at_end) in [
        ("xspice-stream-vp8", "vp8", true),
        ("xspice-stream-vp9", "vp9", true),
        ("stream-device-h265", "h265", false),
    ] {
        let capture = session(name);
        let data = "--messages --message stream_data --message stream_data_sized";
        let frames = run(&capture, data).out.lines().count();
        assert!(frames > 1, "{name}");
        let folder = Folder::new();
        let screen = folder.file("screen.png");
        let shot = run(&capture, &format!("--screen {}", screen.display()));
        assert_eq!(shot.code, 3, "{name}: {}", shot.err);
        let words = format!("{frames} frames of {codec} video were not decoded");
        assert_eq!(shot.err.lines().count(), 1, "{name}: {}", shot.err);
        assert!(shot.err.contains(&words), "{name}: {} lacks {words:?}", shot.err);
        let comment = format!("stale: {words}");
        assert_eq!(shot.out.contains(&comment), at_end, "{name}: {}", shot.out);
        assert_eq!(png(&screen).4, at_end.then_some(comment), "{name}");

        let pictures = folder.file("frames");
        assert_eq!(run(&capture, &format!("--frames {} --every 10", pictures.display())).code, 3, "{name}");
        let names: Vec<_> = fs::read_dir(&pictures)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let stale = names.iter().filter(|name| name.ends_with("-stale.png")).count();
        assert!(stale > 0 && stale < names.len(), "{name}: {stale} of {}", names.len());
    }
}

#[test]
fn pictures_that_are_whole_have_no_mark() {
    let folder = Folder::new();
    let screen = folder.file("screen.png");
    let shot = run(&session("xspice-stream-mjpeg"), &format!("--screen {}", screen.display()));
    assert_eq!((shot.code, shot.err.as_str()), (0, ""));
    assert!(!shot.out.contains("stale"), "{}", shot.out);
    assert_eq!(png(&screen).4, None);
}

#[test]
fn the_pointer_is_drawn_where_it_is_and_nowhere_else() {
    let capture = session("ops-off");
    let folder = Folder::new();
    let [plain, with] = ["", "--pointer"].map(|pointer| {
        let file = folder.file(if pointer.is_empty() { "plain.png" } else { "with.png" });
        let shot = run(&capture, &format!("--screen {} {pointer}", file.display()));
        assert_eq!((shot.code, shot.err.as_str()), (0, ""));
        png(&file)
    });
    // The last shape and place, from the messages.
    let cursor = run(&capture, "--messages --json --channel cursor").json();
    let last = |names: &[&str], key: &str| {
        let found = cursor.iter().rev().find(|message| {
            names.contains(&message["name"].as_str().unwrap())
                && message["value"].pointer(key).is_some_and(|value| !value.is_null())
        });
        found.map(|message| message["value"].pointer(key).unwrap().clone()).unwrap()
    };
    let place = last(&["init", "set", "move"], "/position");
    // It may come from the cache: its size stands where it was put there.
    let unique = last(&["init", "set"], "/cursor/header")["unique"].clone();
    let header = cursor.iter().find_map(|message| {
        let cursor = message["value"].get("cursor")?;
        let header = cursor["header"].as_object().filter(|header| header["unique"] == unique)?;
        cursor["data"].as_str().is_some_and(|data| !data.is_empty()).then(|| header.clone())
    });
    let header = header.unwrap();
    let number = |value: &serde_json::Value| value.as_i64().unwrap();
    let (left, top) = (
        number(&place["x"]) - number(&header["hot_spot_x"]),
        number(&place["y"]) - number(&header["hot_spot_y"]),
    );
    let inside = |x: i64, y: i64| {
        (left..left + number(&header["width"])).contains(&x)
            && (top..top + number(&header["height"])).contains(&y)
    };
    assert_eq!((plain.0, plain.1, plain.2), (with.0, with.1, with.2));
    let changed: Vec<_> = plain
        .3
        .chunks(plain.2)
        .zip(with.3.chunks(with.2))
        .enumerate()
        .filter(|(_, (one, other))| one != other)
        .map(|(index, _)| (index as i64 % i64::from(plain.0), index as i64 / i64::from(plain.0)))
        .collect();
    assert!(!changed.is_empty());
    assert!(changed.iter().all(|&(x, y)| inside(x, y)), "{left} {top} {changed:?}");
}

#[test]
fn shapes_of_the_pointer_are_among_the_images() {
    for (name, kind) in [("ops-off", "cursor mono"), ("inputs-client-mouse", "cursor alpha")] {
        let capture = session(name);
        let kinds = run(&capture, "--json --channel cursor").json();
        let counts = kinds[0]["spice"]["kinds"].as_object().unwrap();
        let new = counts.iter().filter(|(kind, _)| !kind.ends_with("none") && !kind.ends_with("from_cache"));
        let expected: u64 = new.map(|(_, count)| count.as_u64().unwrap()).sum();
        let folder = Folder::new();
        let images = run(&capture, &format!("--images {}", folder.file("images").display()));
        assert_eq!((images.code, images.err.as_str()), (0, ""), "{name}");
        let files = fs::read_dir(folder.file("images")).unwrap();
        let files =
            files.filter(|file| file.as_ref().unwrap().file_name().to_str().unwrap().contains("-cursor-"));
        assert_eq!(files.count() as u64, expected, "{name}");
        assert!(expected > 0 && images.out.contains(kind), "{name}: {}", images.out);
    }
}

#[test]
fn a_screen_at_a_time_is_the_last_frame_before_it() {
    let capture = session("qemu-off");
    let folder = Folder::new();
    let last = run(&capture, "--messages --channel display --direction server").out;
    let times: Vec<f64> =
        last.lines().map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
    let middle = (times[0] + times[times.len() - 1]) / 2.0;
    let screen = folder.file("screen.png");
    assert_eq!(run(&capture, &format!("--screen {} --to {middle}", screen.display())).code, 0);
    let frames = folder.file("frames");
    let from = times.iter().rev().find(|&&time| time < middle).unwrap() - 0.05;
    let arguments = format!("--frames {} --every 1 --from {from} --to {middle}", frames.display());
    assert_eq!(run(&capture, &arguments).code, 0);
    let mut names: Vec<_> = fs::read_dir(&frames).unwrap().map(|file| file.unwrap().path()).collect();
    names.sort();
    assert_eq!(png(&screen).3, png(names.last().unwrap()).3);
    assert!(run(&capture, "--screen x.png --from 1").code == 2);
}

#[test]
fn a_screen_that_nobody_showed_is_said() {
    let folder = Folder::new();
    let picture = folder.file("x.png");
    for (name, more) in
        [("auth-ticket-wrong", ""), ("inputs-tablet", " --channel inputs"), ("inputs-tablet", " --to 0")]
    {
        for (option, target) in [("--screen", &picture), ("--frames", &folder.file("frames"))] {
            let run = run(&session(name), &format!("{option} {}{more}", target.display()));
            assert_eq!((run.code, run.out.as_str()), (3, ""), "{name} {option}");
            assert!(run.err.contains(&format!("{option}: there is no picture")), "{name}: {}", run.err);
        }
        assert!(!picture.exists(), "{name}");
    }
    // Longer than any capture: the first picture alone, and no overflow.
    let frames = folder.file("one");
    let arguments = format!("--frames {} --every 18446744073709549568s", frames.display());
    let run = run(&session("inputs-tablet"), &arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(std::fs::read_dir(&frames).unwrap().count(), 1);
}
