//! Writes the first inputs of the fuzz targets: `cargo run -p spice-proto-tests --example seeds [folder]`.
//!
//! They are made from the vectors, the descriptions of the tree and the regressions, one file each under
//! `fuzz/seeds/<target>/` (or under the folder that is given), named after their contents.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use spice_proto_tests::seeds;

fn main() {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let folder =
        given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("fuzz").join("seeds"));
    for (name, inputs) in seeds::all() {
        let target = folder.join(name);
        std::fs::create_dir_all(&target).unwrap_or_else(|error| panic!("{}: {error}", target.display()));
        for input in &inputs {
            let mut hasher = DefaultHasher::new();
            input.hash(&mut hasher);
            let file = target.join(format!("{:016x}", hasher.finish()));
            std::fs::write(&file, input).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
        println!("{}: {} inputs", target.display(), inputs.len());
    }
}
