//! Every number of `spice.proto` against the published C headers (BSD; Debian's `libspice-protocol-dev`), and every
//! constant of the headers against `spice.proto`.
//!
//! The headers are looked for in [`HEADERS`]; without them the comparison is passed over, and says so.

mod header;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use names::Bound;
use spice_proto_derive::model::{Array, EnumItem, EnumKind, Length, Model, Type};

/// Where the headers are installed.
const HEADERS: &str = "/usr/include/spice-1/spice";

/// The headers that have numbers of the wire.
const FILES: [&str; 5] = ["enums.h", "protocol.h", "vd_agent.h", "stream-device.h", "qxl_dev.h"];

/// The constants of all headers, and the macros that are no integers.
fn headers() -> Option<(BTreeMap<String, i64>, Vec<String>)> {
    let folder = Path::new(HEADERS);
    if !folder.is_dir() {
        println!("skipped: there is no {HEADERS} (package libspice-protocol-dev)");
        return None;
    }
    let (mut numbers, mut others) = (BTreeMap::new(), Vec::new());
    for file in FILES {
        let found = header::read(&folder.join(file));
        println!("{HEADERS}/{file}: {} constants", found.numbers.len());
        numbers.extend(found.numbers);
        others.extend(found.others);
    }
    Some((numbers, others))
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

/// All numbers of the description: items of enumerations, flags and capabilities, messages, channels.
fn ours(model: &Model) -> Vec<Ours> {
    let mut all = Vec::new();
    for list in &model.enums {
        let flags = list.kind == EnumKind::Flags;
        let value = |item: &EnumItem| if flags { 1 << item.value } else { item.value };
        all.extend(list.items.iter().map(|item| {
            let names = names::of_item(&list.name, &item.name);
            Ours::new(format!("{}.{}", list.name, item.name), names, value(item))
        }));
        let values = list.items.iter().map(|item| i64::from(value(item)));
        let whole = if flags { values.sum() } else { values.max().unwrap_or(-1) + 1 };
        all.push(Ours::derived(format!("all of {}", list.name), names::of_whole(&list.name, flags), whole));
    }
    for channel in &model.channels {
        let directions = [("MSG", &channel.server), ("MSGC", &channel.client), ("", &channel.both)];
        for (direction, messages) in directions {
            // Inherited messages are looked at where they are declared.
            let own = messages.iter().filter(|message| model[message.channel].name == channel.name);
            all.extend(own.clone().map(|message| {
                let names = names::of_message(&channel.name, direction, &message.name);
                Ours::new(format!("{}.{}", channel.name, message.name), names, message.number)
            }));
            let last = own.map(|message| i64::from(message.number)).max();
            let name = names::of_end(&channel.name, direction);
            all.extend(last.map(|last| Ours::derived(format!("end of {}", channel.name), name, last + 1)));
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
    let Some((numbers, _)) = headers() else { return };
    let (mut compared, mut alone, mut wrong) = (0, 0, Vec::new());
    for Ours { place, names, value, derived } in ours(&spice_proto_tests::model()) {
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
    println!("{compared} numbers compared, {alone} are in no header");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 600, "only {compared} numbers were compared");
}

#[test]
fn bounds_are_those_of_the_headers() {
    let Some((numbers, _)) = headers() else { return };
    let model = spice_proto_tests::model();
    for &(constant, item, field, kind) in names::BOUNDS {
        let ours = bound(&model, item, field, kind);
        assert!(ours.is_some(), "{item}.{field} has no {kind:?}");
        assert_eq!(ours, numbers.get(constant).copied(), "{item}.{field} and {constant}");
    }
    println!("{} bounds compared", names::BOUNDS.len());
}

#[test]
fn constants_of_the_headers_are_described() {
    let Some((numbers, others)) = headers() else { return };
    let ours = ours(&spice_proto_tests::model());
    let known: BTreeSet<&str> = ours.iter().flat_map(|ours| &ours.names).map(String::as_str).collect();
    let (mut described, mut missing) = (0, Vec::new());
    for (name, value) in &numbers {
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
