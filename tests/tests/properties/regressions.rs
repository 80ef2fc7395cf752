//! Every input that ever failed.

use spice_proto_tests::{oracle, seeds};

#[test]
fn inputs_that_once_failed_hold() {
    for &(name, oracle) in oracle::ALL {
        let inputs = seeds::regressions(name);
        println!("tests/regressions/{name}: {} cases", inputs.len());
        for (file, input) in inputs {
            println!("{name}/{file}");
            oracle(&input);
        }
    }
}

#[test]
fn every_folder_of_regressions_has_its_oracle() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let Ok(entries) = std::fs::read_dir(&folder) else { return };
    for entry in entries {
        let name = entry.expect("a folder entry").file_name();
        assert!(oracle::ALL.iter().any(|&(oracle, _)| name == oracle), "{} has no oracle", name.display());
    }
}
