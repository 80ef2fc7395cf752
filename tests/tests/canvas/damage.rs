//! Scripts of messages, damaged as a hostile server would: the canvas answers, and changes nothing that it does not say.

use spice_proto_tests::oracle;
use spice_proto_tests::random::Random;
use spice_proto_tests::scripts;

#[test]
fn scripts_hold() {
    let mut cases = 0;
    for archive in scripts::open() {
        for script in scripts::all(&archive) {
            oracle::canvas(script.bytes);
            cases += 1;
        }
    }
    println!("{cases} scripts");
}

#[test]
fn damaged_scripts_hold() {
    const ROUNDS: usize = 6;
    let mut random = Random::new(12);
    let mut cases = 0;
    for archive in scripts::open() {
        for script in scripts::all(&archive) {
            for _ in 0..ROUNDS {
                let mut bytes = Vec::new();
                // The surfaces are there, so that there is something to draw on.
                for (index, (kind, body)) in script.messages.iter().enumerate() {
                    let mut body = body.to_vec();
                    if index > 0 && !body.is_empty() && random.below(3) == 0 {
                        // The fields more often than the pixels behind them.
                        let fields = body.len().min(200);
                        let mut rest = body.split_off(fields);
                        random.damage(&mut body);
                        body.append(&mut rest);
                    }
                    bytes.extend_from_slice(&kind.to_le_bytes());
                    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
                    bytes.append(&mut body);
                }
                oracle::canvas(&bytes);
                cases += 1;
            }
        }
    }
    println!("{cases} damaged scripts");
}
