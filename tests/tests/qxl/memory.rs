//! The memory of a real guest's device: what Linux's driver had written when QEMU was stopped.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use spice_proto::qxl::{GuestMemory, QxlRam, QxlRom};
use spice_proto::wire::Parse;
use spice_proto_tests::folders;

use crate::storm::{Reader, Storm, last, storm_place};

/// Dumps of `qxl-memory` in all folders of vectors, and the storm that each has seen.
fn dumps() -> Vec<(PathBuf, Storm)> {
    let mut dumps = Vec::new();
    for folder in folders::vectors() {
        let dump = folder.join("qxl-memory");
        let Ok(text) = fs::read_to_string(dump.join("storm.txt")) else { continue };
        println!("1 case from {}", dump.display());
        let numbers: Vec<u32> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let [width, height, tiles, columns, rows] = numbers[..] else { panic!("{text}") };
        dumps.push((dump, Storm { screen: [width, height], tiles, tile: [columns, rows] }));
    }
    assert!(!dumps.is_empty());
    dumps
}

#[test]
fn commands_of_linux_are_whole() {
    for (dump, storm) in dumps() {
        let [ram, vram, rom] = ["ram", "vram", "rom"].map(|name| {
            let (file, mut bytes) = (File::open(dump.join(name).with_extension("zst")).unwrap(), Vec::new());
            ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        });
        let header = QxlRom::parse(&rom).unwrap();
        let shared = QxlRam::parse(&ram[header.ram_header_offset as usize..]).unwrap();
        let memory = GuestMemory::from_bytes(ram.clone(), vram, rom.clone());
        let reader = Reader::new(storm, &header, memory);
        let tiles: Vec<_> =
            last(&shared.cmd_ring).map(|(_, command)| reader.tile(command).unwrap()).collect();
        assert_eq!(tiles, (storm.tiles - 32..storm.tiles).rev().collect::<Vec<_>>());
    }
}

#[test]
#[cfg(feature = "programs")]
fn the_tool_shows_them() {
    for (dump, storm) in dumps() {
        let output = show(&dump, ["ram", "vram", "rom"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        for seed in storm.tiles - 32..storm.tiles {
            let [x, y, width, height] = storm_place(storm.screen, seed, storm.tile);
            let line = format!("DRAW draw_copy on 0: {width}x{height}+{x}+{y}");
            assert!(text.contains(&line), "{seed}: {text}");
        }
        let primary = format!("creates 0: {}x{}", storm.screen[0], storm.screen[1]);
        for part in [&primary, "slot 1: RAM", "slot 2: VRAM", "CURSOR set", "release ring: "] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // BARs in another order are no device.
        let output = show(&dump, ["rom", "vram", "ram"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("no ROM of a QXL device"), "{said}");
    }
}

/// `spice-qxl show` with these files as RAM, VRAM and ROM.
#[cfg(feature = "programs")]
fn show(dump: &Path, names: [&str; 3]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qxl"));
    command.arg("show");
    for (option, name) in ["--ram", "--vram", "--rom"].into_iter().zip(names) {
        command.arg(option).arg(dump.join(name).with_extension("zst"));
    }
    command.output().unwrap()
}
