//! Conformance: vectors made with the reference, captures of real peers.

mod agent;
mod captures;
mod certificate;
mod connect;
mod framing;
mod link;
mod messages;
mod sasl;
mod scanouts;

use spice_proto_tests::vectors::Vector;

/// Checks all lines; says how many there were and shows the first that disagree.
fn report(lines: &[Vector], check: impl Fn(&Vector) -> Result<(), String>) {
    let failures: Vec<String> =
        lines.iter().filter_map(|line| check(line).err().map(|error| format!("{line}: {error}"))).collect();
    println!("{} cases, {} disagree", lines.len(), failures.len());
    let shown = failures[..failures.len().min(20)].join("\n");
    assert!(failures.is_empty(), "{} of {}:\n{shown}", failures.len(), lines.len());
}
