//! The codecs that the package of `spice-proto/examples/browser` exports, in WebAssembly, against the vectors: what the reference
//! made of each stream is the authority for every byte.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use spice_proto_tests::vectors::to_hex;

use crate::codec_cases::{self, Case, Wanted};
use crate::live::{NODE, PAGE, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("page::codecs_decode_the_vectors", &[&NODE, &PAGE], decode)]
}

fn decode() {
    let cases = codec_cases::all();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut node = Command::new("node")
        .arg(tests.join("interop/page-codecs.mjs"))
        .arg(tests.join("../spice-proto/examples/browser/target/package"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node can be run");
    let mut input = node.stdin.take().expect("it is piped");
    // When node has ended early, its own words below say more.
    let written = cases.iter().try_for_each(|case| writeln!(input, "{}", line(case)));
    drop(input);
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    written.expect("all cases are read");
    let counts: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    println!("{counts}");
    let sum: u64 = counts.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    assert_eq!(sum, cases.len() as u64);
}

/// As the script reads it.
fn line(case: &Case) -> Value {
    let mut line = json!({
        "codec": case.codec, "name": case.name, "stream": to_hex(&case.stream), "palette": case.palette, "fresh": case.fresh,
    });
    match &case.wanted {
        Wanted::Picture(width, height, bgra) => {
            let rgba: Vec<u8> = bgra.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0], p[3]]).collect();
            line["rgba"] = to_hex(&Sha256::digest(rgba)).into();
            (line["width"], line["height"]) = ((*width).into(), (*height).into());
        }
        Wanted::Missing(id) => line["missing"] = (*id).into(),
        Wanted::Refused(words) => line["error"] = words.as_str().into(),
    }
    line
}
