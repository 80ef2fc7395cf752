//! The page of `spice-proto/examples/browser` before our server: what it shows, and that keys and places arrive.

use libtest_mimic::Trial;
use serde_json::json;

use crate::clients::Scene;
use crate::live::{Folder, PAGE, Page, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("page_shows_the_card_and_sends_input", &[&PAGE], card),
        trial("page_with_a_wrong_ticket", &[&PAGE], wrong_ticket),
        trial("page_sends_every_key", &[&PAGE], keys),
        trial("page_points_exactly_at_any_zoom_and_ratio", &[&PAGE], places),
    ]
}

fn card() {
    let (scene, folder) = (Scene::new(), Folder::new());
    let ours = scene.serve(&["--password", "open sesame"]);
    let steps = json!([["click", 30, 40], ["wheel", 1], ["wheel", -1], ["key", "ShiftRight", "KeyA"]]);
    let page = Page::open(ours.port, &["--password", "open sesame"], &steps, &folder);
    let (_, (width, height, pixels)) = page.end();
    let shown = crate::card::Card { width, height, pixels };
    assert_eq!(scene.differing(&shown), 0, "pixels differ");
    ours.expect(&["position 30 40", "press LEFT", "release LEFT"]);
    // A step of the wheel is one event of a visit, without the release.
    ours.expect(&["press DOWN", "press UP"]);
    ours.expect(&["key down 36", "key down 1e", "key up 9e", "key up b6"]);
}

fn wrong_ticket() {
    let (scene, folder) = (Scene::new(), Folder::new());
    let ours = scene.serve(&["--password", "right"]);
    let page = Page::open(ours.port, &["--password", "wrong"], &json!([]), &folder);
    let said = page.fails();
    assert!(said.contains("disconnected: ") && said.contains("PERMISSION_DENIED"), "{said}");
}

/// Keys by their places on the board, and what a keyboard of set 1 says: rows of one byte, and those with a prefix.
const ROWS: [(u8, &str); 5] = [
    (
        0x01,
        "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab",
    ),
    (
        0x10,
        "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft KeyA KeyS",
    ),
    (
        0x20,
        "KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash KeyZ KeyX KeyC KeyV",
    ),
    (
        0x30,
        "KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5",
    ),
    (
        0x40,
        "F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd",
    ),
];
const OTHERS: [(&str, &str, &str); 24] = [
    ("Numpad1", "4f", "cf"),
    ("Numpad3", "51", "d1"),
    ("Numpad0", "52", "d2"),
    ("NumpadDecimal", "53", "d3"),
    ("IntlBackslash", "56", "d6"),
    ("F11", "57", "d7"),
    ("F12", "58", "d8"),
    ("IntlRo", "73", "f3"),
    ("NumpadEnter", "e0 1c", "e0 9c"),
    ("ControlRight", "e0 1d", "e0 9d"),
    ("NumpadDivide", "e0 35", "e0 b5"),
    ("PrintScreen", "e0 37", "e0 b7"),
    ("AltRight", "e0 38", "e0 b8"),
    ("Home", "e0 47", "e0 c7"),
    ("ArrowUp", "e0 48", "e0 c8"),
    ("ArrowLeft", "e0 4b", "e0 cb"),
    ("ArrowDown", "e0 50", "e0 d0"),
    ("PageDown", "e0 51", "e0 d1"),
    ("Insert", "e0 52", "e0 d2"),
    ("Delete", "e0 53", "e0 d3"),
    ("MetaLeft", "e0 5b", "e0 db"),
    ("MetaRight", "e0 5c", "e0 dc"),
    ("ContextMenu", "e0 5d", "e0 dd"),
    ("Pause", "e1 1d 45", "e1 9d c5"),
];

fn keys() {
    let (scene, folder) = (Scene::new(), Folder::new());
    let ours = scene.serve(&[]);
    let rows = ROWS.iter().flat_map(|(first, names)| {
        let codes = *first..;
        names
            .split(' ')
            .zip(codes)
            .map(|(name, code)| (name, format!("{code:02x}"), format!("{:02x}", code | 0x80)))
    });
    let others = OTHERS.iter().map(|(name, down, up)| (*name, (*down).to_owned(), (*up).to_owned()));
    let table: Vec<(&str, String, String)> = rows.chain(others).collect();
    let steps: Vec<_> = table.iter().map(|(name, ..)| json!(["key", name])).collect();
    Page::open(ours.port, &[], &json!(steps), &folder).end();
    let wanted: Vec<_> =
        table.iter().flat_map(|(_, down, up)| [format!("key down {down}"), format!("key up {up}")]).collect();
    ours.expect(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
}

fn places() {
    let (scene, folder) = (Scene::new(), Folder::new());
    let ours = scene.serve(&[]);
    let (width, height) = scene.size();
    let places = [(0, 0), (1, 2), (width / 3, height / 2), (width - 2, 3), (width - 1, height - 1)];
    // The middle of a pixel half as large as one of CSS is nearer to the edge than Chromium tells places.
    let count = |zoom: f64| if zoom < 1.0 { places.len() - 1 } else { places.len() };
    let looks = [1.0, 1.5, 2.0].into_iter().flat_map(|ratio| [0.5, 1.0, 1.25, 2.0].map(|zoom| (zoom, ratio)));
    let steps: Vec<_> =
        looks.clone().map(|(zoom, ratio)| json!(["points", zoom, ratio, places[..count(zoom)]])).collect();
    let wanted: Vec<String> = looks
        .flat_map(|(zoom, _)| places[..count(zoom)].iter().map(|(x, y)| format!("position {x} {y}")))
        .collect();
    Page::open(ours.port, &[], &json!(steps), &folder).end();
    ours.expect(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
}
