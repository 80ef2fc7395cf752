//! Fuzzes a QXL device through its guest's memory: commands that a driver writes, and one field of one of them changed, by the
//! kit. The device is libspice-server in `tests/interop/testserver.c`, started anew for each case.
//!
//! ```sh
//! cargo run -p spice-proto-tests --example fuzz_qxl -- TESTSERVER PORT SECONDS [SEED]
//! ```
//!
//! Prints each end once, by what the server says of it: after how many seconds and cases, and which field was changed to what.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use spice_proto::display::SurfaceFmt;
use spice_proto::fuzz::{Description, Part, Place, Random, read};
use spice_proto::qxl::{Memory, QxlCmdType, QxlCommandExt, QxlCommandFlags, Region};
use spice_proto::wire::{CapabilitySet, Encode};
use spice_proto_tests::qxl::Guest;

/// Commands of a case; the last is the one that is wrong.
const COMMANDS: usize = 4;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, server, port, seconds, more @ ..] = &arguments[..] else {
        panic!("TESTSERVER PORT SECONDS [SEED]")
    };
    let time = Duration::from_secs(seconds.parse().expect("seconds"));
    let seed: u64 = more.first().map_or(1, |seed| seed.parse().expect("a seed"));
    let folder = std::env::temp_dir().join(format!("fuzz-qxl-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("there is room");
    let (start, mut cases, mut ends) = (Instant::now(), 0_u64, BTreeMap::new());
    while start.elapsed() < time {
        let (label, end) = case(seed.wrapping_add(cases), &folder, server, port);
        cases += 1;
        if let Some(end) = end {
            ends.entry(end.clone()).or_insert_with(|| {
                println!("{:.1} s, case {cases}: {label}: {end}", start.elapsed().as_secs_f64());
            });
        }
    }
    println!("{cases} cases, {} ends of different kinds", ends.len());
    fs::remove_dir_all(&folder).expect("it was made here");
}

/// Carries a case out. What was changed, and how the server ended if it did.
fn case(seed: u64, folder: &Path, server: &str, port: &str) -> (String, Option<String>) {
    let mut random = Random::new(seed);
    let mut guest = Guest::new(seed, SurfaceFmt::FMT_32_XRGB, false);
    let mut commands: Vec<QxlCommandExt> = (0..COMMANDS).map_while(|_| guest.next_command().ok()).collect();
    let label = commands.last_mut().map(|command| spoil(&guest, command, &mut random)).unwrap_or_default();
    let memory = |region, name: &str| {
        let mut bytes = vec![0; Guest::MEMORY_LEN];
        guest.memory.read(region, 0, &mut bytes).expect("all of it");
        let path = folder.join(name);
        File::create(&path).and_then(|mut file| file.write_all(&bytes)).expect("there is room");
        path.display().to_string()
    };
    let (ram, vram) = (memory(Region::Ram, "ram"), memory(Region::Vram, "vram"));
    let mut list = Vec::new();
    commands.iter().for_each(|command| command.encode(&mut list).expect("an entry of a ring"));
    let file = folder.join("commands");
    fs::write(&file, list).expect("there is room");
    let primary = guest.primary();
    let (width, height) = (primary.width, primary.height);
    let script = format!(
        "memory {ram} 1 {}\nmemory {vram} 2 {}\nprimary {width} {height} {} {} {} 0\ncommands {} 0 {width} {height}\nupdate 0 {width} {height}\nquit\n",
        Guest::GENERATIONS[0],
        Guest::GENERATIONS[1],
        primary.stride,
        primary.format.0,
        primary.mem.0,
        file.display()
    );
    let mut child = Command::new(server)
        .args(["--port", port])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server can be started");
    let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut first = String::new();
    let _ = said.read_line(&mut first);
    // The server may end before it has read everything.
    let _ = child.stdin.take().expect("it is piped").write_all(script.as_bytes());
    let mut words = String::new();
    let _ = said.read_to_string(&mut words);
    let mut complaints = String::new();
    let _ = child.stderr.take().expect("it is piped").read_to_string(&mut complaints);
    let status = child.wait().expect("it is our child");
    let end = status.signal().map(|signal| {
        let bad = complaints
            .lines()
            .rev()
            .find(|line| line.contains("CRITICAL") || line.contains("ERROR") || line.contains("ssert"));
        // Addresses are in each line others.
        let bad = bad.map(|line| line.split(", addr").next().unwrap_or(line));
        let bad: String = bad.unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
        format!("signal {signal} {bad}")
    });
    (label, end)
}

/// Changes a field of what a command leads to, or the command itself.
fn spoil(guest: &Guest, command: &mut QxlCommandExt, random: &mut Random) -> String {
    match random.below(8) {
        0 => {
            command.cmd.type_ = QxlCmdType(random.below(10) as u32);
            return format!("command.type = {}", command.cmd.type_.0);
        }
        1 => {
            command.cmd.data.0 ^= 1 << random.below(64);
            return format!("command.data = {:#x}", command.cmd.data.0);
        }
        _ => {}
    }
    let is_old = command.flags.contains(QxlCommandFlags::COMPAT);
    let name = match command.cmd.type_ {
        QxlCmdType::DRAW if is_old => "QXLCompatDrawable",
        QxlCmdType::UPDATE if is_old => "QXLCompatUpdateCmd",
        QxlCmdType::DRAW => "QXLDrawable",
        QxlCmdType::UPDATE => "QXLUpdateCmd",
        QxlCmdType::SURFACE => "QXLSurfaceCmd",
        QxlCmdType::MESSAGE => "QXLMessage",
        _ => return String::new(),
    };
    let mut bytes = vec![0; 4096];
    let spice = Description::spice();
    let (mut name, mut at) = (name.to_owned(), command.cmd.data);
    let mut path = name.clone();
    loop {
        let Ok(place) = guest.slots.resolve(Guest::GROUP, at, 64) else { return path };
        let len = bytes.len().min(Guest::MEMORY_LEN - place.offset as usize);
        guest.memory.read(place.region, place.offset, &mut bytes[..len]).expect("it is inside");
        let Some(layout) = spice.structure(&name) else { return path };
        let Ok(anatomy) = read(spice, layout, &bytes[..len], CapabilitySet::EMPTY) else { return path };
        let fields: Vec<&Place> =
            anatomy.places.iter().filter(|place| place.len > 0 && place.len <= 8).collect();
        let Some(field) = random.choose(&fields) else { return path };
        path = format!("{path}.{}", field.path);
        // Some of the addresses are followed.
        let old = field.value(&bytes);
        let target = match field.path.rsplit('.').next() {
            Some("src_bitmap" | "pat" | "bitmap" | "mask_bitmap") => Some("QXLImage"),
            Some("data") if field.len == 8 => Some("QXLDataChunk"),
            Some("palette") => Some("QXLPalette"),
            Some("path") => Some("QXLPath"),
            Some("str") => Some("QXLString"),
            Some("rects") => Some("QXLClipRects"),
            _ => None,
        };
        if let (Some(target), true, true) = (target, old != 0, random.once_in(2)) {
            name = target.to_owned();
            at.0 = u64::try_from(old).unwrap_or_default();
            continue;
        }
        let value = match (&field.part, random.below(4)) {
            (Part::Enum(_), _) | (_, 0) => random.within(0, 255),
            (_, 1) => field.most(),
            (_, 2) => 0,
            _ => old ^ 1 << random.below(field.len * 8),
        };
        guest
            .memory
            .write(place.region, place.offset + field.offset as u64, &field.bytes(value))
            .expect("it is inside");
        return format!("{path} = {value:#x}, was {old:#x}");
    }
}
