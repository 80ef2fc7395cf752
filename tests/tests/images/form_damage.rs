//! The oracles of the plain and wrapped forms over their seeds, as they are and damaged.

use spice_proto_tests::random::Random;
use spice_proto_tests::{oracle, seeds};

/// Runs an oracle over its seeds and over `cases` damaged ones.
fn holds(name: &str, cases: usize) {
    let oracle = oracle::ALL.iter().find(|(oracle, _)| *oracle == name).expect("an oracle").1;
    let seeds = Vec::from_iter(seeds::of(name));
    seeds.iter().for_each(|seed| oracle(seed));
    let mut random = Random::new(11);
    for _ in 0..cases {
        let mut input = seeds[random.below(seeds.len())].clone();
        random.damage(&mut input);
        oracle(&input);
    }
    println!("{name}: {} seeds, {cases} damaged ones", seeds.len());
    assert!(seeds.len() >= 5);
}

#[test]
fn bitmaps_hold() {
    holds("bitmap", 3000);
}

#[test]
fn lz4_holds() {
    holds("lz4_image", 3000);
    holds("lz4_identity", 50);
}

#[test]
fn zlib_holds() {
    holds("zlib_glz", 1500);
}

#[test]
fn jpegs_hold() {
    holds("jpeg", 400);
    holds("jpeg_alpha", 300);
}
