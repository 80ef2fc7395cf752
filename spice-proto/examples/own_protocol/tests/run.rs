//! The program runs, and prints what both ends have received.

use std::process::Command;

#[test]
fn both_ends_understand_each_other() {
    let output = Command::new(env!("CARGO_BIN_EXE_own-protocol-example")).output().expect("it can be run");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    let expected = [
        "12 bytes: [02, 00, 01, 50, 07, 6b, 69, 74, 63, 68, 65, 6e]",
        "cut short: name: 7 bytes wanted, 1 left, at byte 5",
        "client has SetAck(SetAck { generation: 1, window: 20 })",
        "client has Lamps(Lamps { lamps: [Lamp { id: 2, light: WHITE, shine: Brightness(80), name: \"kitchen\" }] })",
        "client has Ping(Ping { id: 1, timestamp: 0, data: 0 bytes })",
        "server has AckSync(AckSync { generation: 1 })",
        "server has Pong(Pong { id: 1, timestamp: 0 })",
        "server has Set(Lamp { id: 2, light: COLOURED, shine: Colour(3 bytes ffa000), name: \"kitchen\" })",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}
