//! The oracles leave nothing of the description out.

use std::collections::BTreeSet;

use spice_proto::ChannelType;
use spice_proto_derive::model::{AddressTarget, Element, Model, PointerTarget, StructId, Type, names};
use spice_proto_tests::oracle;

/// Puts a structure and all it holds or points to into the set; what guest addresses lead to is not read with it.
fn hold(model: &Model, id: StructId, held: &mut BTreeSet<StructId>) {
    if !held.insert(id) {
        return;
    }
    let fields = model[id].fields.iter().flat_map(|field| match &field.ty {
        Type::Switch(switch) => switch.arms.iter().map(|arm| &arm.field.ty).collect(),
        ty => vec![ty],
    });
    for ty in fields {
        match ty {
            Type::Struct(id) => hold(model, *id, held),
            Type::Array(array) => hold_element(model, array.element, held),
            Type::Pointer(pointer) => match &pointer.target {
                PointerTarget::Struct(id) => hold(model, *id, held),
                PointerTarget::Array(array) => hold_element(model, array.element, held),
            },
            Type::Address(AddressTarget::Int(_) | AddressTarget::Struct(_))
            | Type::Int(_)
            | Type::Enum(_)
            | Type::Switch(_)
            | Type::UnixFd => {}
        }
    }
}

fn hold_element(model: &Model, element: Element, held: &mut BTreeSet<StructId>) {
    if let Element::Struct(id) = element {
        hold(model, id, held);
    }
}

#[test]
fn every_structure_is_a_message_part_or_has_an_oracle() {
    let model = spice_proto_tests::model();
    let mut held = BTreeSet::new();
    for channel in &model.channels {
        let messages = channel.server.iter().chain(&channel.client).chain(&channel.both);
        messages.for_each(|message| hold(&model, message.body, &mut held));
    }
    let known: BTreeSet<_> = oracle::STRUCTURES
        .iter()
        .map(|((module, name), _)| match (*module, *name) {
            // Other names in the crate, where modules of these names are more than what is generated.
            ("vd", name) => ("agent", name),
            ("frame", "SubMessageOffsets") => ("frame", "SubMessageList"),
            same => same,
        })
        .collect();
    let in_messages = held.len();
    let mut missing = Vec::new();
    for id in model.struct_ids().filter(|id| !held.contains(id)) {
        let item = &model[id];
        let name = names::rust_type(&item.name);
        if !known.contains(&(model[item.module].name.as_str(), name.as_str())) {
            missing.push(format!("{}::{name}", model[item.module].name));
        }
    }
    println!("{in_messages} structures in messages, {} alone", known.len());
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_channel_has_made_up_messages() {
    // The lists of the oracle `generated_message`, which checks itself that they are those of the channels.
    let numbers: Vec<u8> = ChannelType::ALL.iter().map(|(channel, _)| channel.0).collect();
    assert_eq!(numbers, Vec::from_iter(1..=11));
}
