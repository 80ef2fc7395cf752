//! Every number of `spice.proto` against the published C headers (BSD; Debian's `libspice-protocol-dev`), and every
//! constant of the headers against `spice.proto`.
//!
//! Headers of two versions are compared where they are: those that are installed, and newer ones that
//! `tests/interop/fetch-newest-headers` has unpacked into a folder, or that stand in the change root of the newest peers
//! (see [`headers`]). What a version does not have yet is stated in [`names::SINCE`]. A comparison that cannot be made says
//! so.

mod header;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use names::Bound;
use spice_proto_derive::model::{Array, EnumItem, EnumKind, Length, Model, Type};

/// Environment variable with the folder of an unpacked libspice-protocol-dev, which has `usr` in it.
const VARIABLE: &str = "SPICE_PROTO_NEWEST_HEADERS";

/// The headers that have numbers of the wire.
const FILES: [&str; 5] = ["enums.h", "protocol.h", "vd_agent.h", "stream-device.h", "qxl_dev.h"];

/// The published headers of one version.
struct Headers {
    /// As the package says it.
    version: Version,
    /// The constants of all files.
    numbers: BTreeMap<String, i64>,
    /// The macros that are no integers.
    others: Vec<String>,
}

/// Numbers between dots.
type Version = Vec<u32>;

fn version(text: &str) -> Version {
    text.trim().split('.').map(|part| part.parse().expect("a number")).collect()
}

/// The headers that are there, the oldest version first: those of the system, and newer ones in the folder that
/// [`VARIABLE`] names, or else in `target/newest-headers`, or else in `target/newest-peers`.
fn headers() -> Vec<Headers> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target");
    let newest: Vec<PathBuf> = match std::env::var_os(VARIABLE) {
        Some(folder) => vec![folder.into()],
        None => ["newest-headers", "newest-peers"].map(|name| target.join(name)).into(),
    };
    let newest = newest.iter().find_map(|folder| read(folder));
    if newest.is_none() {
        println!("skipped: no newer headers (tests/interop/fetch-newest-headers fetches them)");
    }
    let installed = read(Path::new("/"));
    if installed.is_none() {
        println!("skipped: no installed headers (package libspice-protocol-dev)");
    }
    let mut all = Vec::from_iter(installed.into_iter().chain(newest));
    all.sort_by(|one, other| one.version.cmp(&other.version));
    all
}

/// The headers under a root; `None` where there are none.
fn read(root: &Path) -> Option<Headers> {
    let package = std::fs::read_to_string(root.join("usr/share/pkgconfig/spice-protocol.pc")).ok()?;
    let version = version(package.lines().find_map(|line| line.strip_prefix("Version:")).expect("a version"));
    let folder = root.join("usr/include/spice-1/spice");
    let (mut numbers, mut others) = (BTreeMap::new(), Vec::new());
    for file in FILES {
        let found = header::read(&folder.join(file));
        println!("{version:?}, {}: {} constants", folder.join(file).display(), found.numbers.len());
        numbers.extend(found.numbers);
        others.extend(found.others);
    }
    Some(Headers { version, numbers, others })
}

/// A number of ours and what the headers call it.
struct Ours {
    /// Where it stands in the description.
    place: String,
    /// Names in the headers; more than one where a number has several.
    names: Vec<String>,
    value: i64,
    /// It follows from others, and not every header has it.
    derived: bool,
}

impl Ours {
    fn new(place: String, names: Vec<String>, value: u32) -> Self {
        Self { place, names, value: i64::from(value), derived: false }
    }

    fn derived(place: String, name: String, value: i64) -> Self {
        Self { place, names: vec![name], value, derived: true }
    }
}

/// All numbers of the description that a version has: items of enumerations, flags and capabilities, messages, channels.
fn ours(model: &Model, version: &Version) -> Vec<Ours> {
    let has = |place: &str| names::since(place).is_none_or(|since| self::version(since) <= *version);
    let mut all = Vec::new();
    for list in &model.enums {
        let flags = list.kind == EnumKind::Flags;
        let value = |item: &EnumItem| if flags { 1 << item.value } else { item.value };
        let items = list.items.iter().map(|item| (item, format!("{}.{}", list.name, item.name)));
        let items: Vec<_> = items.filter(|(_, place)| has(place)).collect();
        all.extend(items.iter().map(|(item, place)| {
            let names = names::of_item(&list.name, &item.name);
            Ours::new(place.clone(), names, value(item))
        }));
        let values = items.iter().map(|(item, _)| i64::from(value(item)));
        let whole = if flags { values.sum() } else { values.max().unwrap_or(-1) + 1 };
        all.push(Ours::derived(format!("all of {}", list.name), names::of_whole(&list.name, flags), whole));
    }
    for channel in &model.channels {
        let directions = [("MSG", &channel.server), ("MSGC", &channel.client), ("", &channel.both)];
        for (direction, messages) in directions {
            // Inherited messages are looked at where they are declared.
            let own = messages.iter().filter(|message| model[message.channel].name == channel.name);
            let own = own.filter(|message| has(&format!("{}.{}", channel.name, message.name)));
            all.extend(own.clone().map(|message| {
                let names = names::of_message(&channel.name, direction, &message.name);
                Ours::new(format!("{}.{}", channel.name, message.name), names, message.number)
            }));
            let last = own.map(|message| i64::from(message.number)).max();
            let name = names::of_end(&channel.name, direction);
            all.extend(
                last.map(|last| {
                    Ours::derived(format!("end of {} {direction}", channel.name), name, last + 1)
                }),
            );
        }
    }
    for channel in model.protocol.iter().flat_map(|protocol| &protocol.channels) {
        let names = vec![format!("SPICE_CHANNEL_{}", channel.name.to_uppercase())];
        all.push(Ours::new(format!("Spice.{}", channel.name), names, channel.number));
    }
    all
}

/// The bound of a field.
fn bound(model: &Model, name: &str, field: &str, bound: Bound) -> Option<i64> {
    let item = model.structs.iter().find(|item| item.name == name)?;
    let field = item.fields.iter().find(|of| of.name == field)?;
    match (&field.ty, bound) {
        (Type::Array(Array { length: Length::Constant(length), .. }), Bound::Length) => {
            i64::try_from(*length).ok()
        }
        (_, Bound::Length) => None,
        (_, Bound::Most) => {
            let most = field.max.map(i128::from).or(field.range.map(|(_, most)| most))?;
            i64::try_from(most).ok()
        }
    }
}

#[test]
fn numbers_are_those_of_the_headers() {
    headers().iter().for_each(compare);
}

fn compare(Headers { version, numbers, .. }: &Headers) {
    let (mut compared, mut alone, mut wrong) = (0, 0, Vec::new());
    for Ours { place, names, value, derived } in ours(&spice_proto_tests::model(), version) {
        let found: Vec<_> = names.iter().filter_map(|name| Some((name, *numbers.get(name)?))).collect();
        compared += usize::from(!found.is_empty());
        let differ = found.iter().filter(|(_, found)| *found != value);
        wrong.extend(differ.map(|(name, found)| format!("{place} is {value}, {name} is {found}")));
        if found.is_empty() && !derived {
            match names::why_alone(&place) {
                Some(reason) => {
                    println!("  {place} is in no header: {reason}");
                    alone += 1;
                }
                None => wrong.push(format!("{place} is in no header as {names:?}")),
            }
        }
    }
    println!("{version:?}: {compared} numbers compared, {alone} are in no header");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 600, "only {compared} numbers were compared");
}

#[test]
fn bounds_are_those_of_the_headers() {
    let headers = headers();
    let model = spice_proto_tests::model();
    for &(constant, item, field, kind) in names::BOUNDS {
        let ours = bound(&model, item, field, kind);
        assert!(ours.is_some(), "{item}.{field} has no {kind:?}");
        for Headers { version, numbers, .. } in &headers {
            assert_eq!(ours, numbers.get(constant).copied(), "{item}.{field} and {constant} of {version:?}");
        }
    }
    println!("{} bounds compared", names::BOUNDS.len());
}

#[test]
fn constants_of_the_headers_are_described() {
    headers().iter().for_each(described);
}

fn described(Headers { version, numbers, others }: &Headers) {
    let ours = ours(&spice_proto_tests::model(), version);
    let known: BTreeSet<&str> = ours.iter().flat_map(|ours| &ours.names).map(String::as_str).collect();
    let (mut described, mut missing) = (0, Vec::new());
    for (name, value) in numbers {
        let bound = names::BOUNDS.iter().any(|(constant, ..)| constant == name);
        if bound || known.contains(name.as_str()) {
            described += 1;
        } else if let Some(reason) = names::why_not_described(name) {
            println!("  {name} = {value} is not described: {reason}");
        } else {
            missing.push(format!("{name} = {value} ({value:#x})"));
        }
    }
    println!("{described} of {} constants described, no integers are {}", numbers.len(), others.join(", "));
    assert!(missing.is_empty(), "not described:\n{}", missing.join("\n"));
}

/// What the later of two versions has and the earlier has not, or has with another value, is stated; nothing went away.
#[test]
fn versions_differ_in_what_is_stated() {
    let headers = headers();
    let [earlier, later] = &headers[..] else {
        return println!("skipped: two versions are wanted, {} are there", headers.len());
    };
    let model = spice_proto_tests::model();
    let gone: Vec<_> = earlier.numbers.keys().filter(|name| !later.numbers.contains_key(*name)).collect();
    assert!(gone.is_empty(), "gone in {:?}: {gone:?}", later.version);
    let new: BTreeSet<&str> = later
        .numbers
        .keys()
        .filter(|name| !earlier.numbers.contains_key(*name))
        .map(String::as_str)
        .collect();
    let places = |version: &Version| -> BTreeMap<String, Ours> {
        ours(&model, version).into_iter().map(|ours| (ours.place.clone(), ours)).collect()
    };
    let (before, after) = (places(&earlier.version), places(&later.version));
    let stated = after.iter().filter(|(place, _)| !before.contains_key(*place));
    let stated: BTreeSet<&str> = stated.flat_map(|(_, ours)| &ours.names).map(String::as_str).collect();
    println!("{:?} has what {:?} has not: {new:?}", later.version, earlier.version);
    assert_eq!(new, stated, "new in the later headers, and stated to be new");
    // Numbers that follow from all others may have moved; each version's are compared by themselves.
    let moved = earlier.numbers.iter().filter(|(name, value)| later.numbers.get(*name) != Some(value));
    let moved: BTreeSet<&str> = moved.map(|(name, _)| name.as_str()).collect();
    let derived = after.values().filter(|ours| ours.derived && before[&ours.place].value != ours.value);
    let derived: BTreeSet<&str> = derived
        .flat_map(|ours| &ours.names)
        .map(String::as_str)
        .filter(|name| later.numbers.contains_key(*name))
        .collect();
    println!("other values: {moved:?}");
    assert_eq!(moved, derived, "other values in the later headers, and what follows from what is new");
}
