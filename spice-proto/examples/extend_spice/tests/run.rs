//! The program runs: a message of SPICE reaches the canvas, the new ones reach their ends.

use std::process::Command;

#[test]
fn new_messages_stand_among_those_of_spice() {
    let output = Command::new(env!("CARGO_BIN_EXE_extend-spice-example")).output().expect("it can be run");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    let expected = [
        "sticker at 10, 20: hello",
        "surface: true",
        "server has StickerClicked(StickerClicked { place: Point { x: 10, y: 20 } })",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}
