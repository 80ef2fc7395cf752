//! Each rule of each message, broken: the generated code is the authority.

use std::collections::{BTreeMap, BTreeSet};

use spice_proto::fuzz::{RULES, Random, Rule};
use spice_proto_tests::oracle::kit;

#[test]
fn every_message_is_right_before_one_rule_is_broken() {
    let (mut broken, mut fields) = (BTreeMap::<Rule, usize>::new(), BTreeSet::new());
    let all = kit::targets();
    for target in &all {
        let mut random = Random::new(u64::from(target.layout.number));
        for _ in 0..24 {
            for one in target.check(&mut random) {
                *broken.entry(one.rule).or_default() += 1;
                fields.insert((target.layout.name, one.rule, one.path));
            }
        }
    }
    println!("{} messages, {} pairs of rule and field: {broken:?}", all.len(), fields.len());
    for rule in RULES {
        assert!(broken.contains_key(&rule), "{} was never broken", rule.name());
    }
}
