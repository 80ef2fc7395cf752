//! Compares what our parser gives with what the reference parser gave.
//!
//! Ours comes through `serde` and has names where the reference has numbers; the reference's has the names of its own
//! description for switches. The model of our description is the dictionary between the two, so that this file knows
//! nothing of single messages. Fields are compared by position and name.

use crate::vectors::to_hex;
use serde_json::{Map, Value};
use spice_proto_derive::model::{
    Arm, Element, Enum, EnumKind, Field, Length, Model, Pointer, PointerTarget, Role, StructId, Switch, Type,
};

/// Compares a structure.
///
/// # Errors
/// The first difference, with the path of the field.
pub fn same_struct(model: &Model, id: StructId, theirs: &Value, ours: &Value) -> Result<(), String> {
    let item = &model[id];
    let (Some(theirs), Some(ours)) = (theirs.as_object(), ours.as_object()) else {
        return Err(format!(" ({}): not two structures: {theirs} and {ours}", item.name));
    };
    let fields: Vec<&Field> = item.fields.iter().filter(|field| field.role != Role::Zero).collect();
    if theirs.len() != fields.len() {
        return Err(format!(" ({}): {} fields, ours has {}", item.name, theirs.len(), fields.len()));
    }
    for (field, (name, theirs)) in fields.into_iter().zip(theirs) {
        same_field(model, field, name, theirs, ours).map_err(|error| format!(".{name}{error}"))?;
    }
    Ok(())
}

fn same_field(
    model: &Model,
    field: &Field,
    name: &str,
    theirs: &Value,
    ours: &Map<String, Value>,
) -> Result<(), String> {
    if let Type::Switch(switch) = &field.ty {
        return same_switch(model, field, switch, theirs, ours);
    }
    if field.name != name {
        return Err(format!(": ours is called {}", field.name));
    }
    if matches!(field.ty, Type::UnixFd) {
        return same(theirs, &Value::Null);
    }
    let ours = ours.get(name).ok_or(": missing")?;
    same_value(model, field, &field.ty, theirs, ours)
}

/// Theirs is null or an object of one member; ours is that too, or with a single arm the member itself.
fn same_switch(
    model: &Model,
    field: &Field,
    switch: &Switch,
    theirs: &Value,
    ours: &Map<String, Value>,
) -> Result<(), String> {
    let [single] = switch.arms.as_slice() else {
        let ours = ours.get(&field.name).ok_or(": missing")?;
        return match (theirs, ours) {
            (Value::Null, Value::Null) => Ok(()),
            (Value::Object(theirs), Value::Object(ours)) if theirs.len() == 1 && ours.len() == 1 => {
                let arm = |arm: &&Arm| theirs.contains_key(&arm.field.name);
                let arms: Vec<_> = switch.arms.iter().filter(arm).collect();
                let results = arms.iter().map(|arm| {
                    let (theirs, ours) = (theirs.get(&arm.field.name), ours.get(&arm.field.name));
                    same_value(
                        model,
                        &arm.field,
                        &arm.field.ty,
                        theirs.unwrap_or(&Value::Null),
                        ours.ok_or(": another member")?,
                    )
                });
                results.reduce(Result::or).unwrap_or(Err(": no such member".into()))
            }
            _ => Err(format!(": {theirs}, ours {ours}")),
        };
    };
    let ours = ours.get(&single.field.name).ok_or(": missing")?;
    match theirs {
        Value::Null => same(theirs, ours),
        _ => {
            let theirs = theirs.get(&single.field.name).ok_or(": another member")?;
            same_value(model, &single.field, &single.field.ty, theirs, ours)
        }
    }
}

fn same_value(model: &Model, field: &Field, ty: &Type, theirs: &Value, ours: &Value) -> Result<(), String> {
    match ty {
        Type::Int(_) | Type::Address(_) | Type::UnixFd => same(theirs, ours),
        Type::Enum(id) => same(theirs, &number(&model[*id], ours)?),
        Type::Struct(id) => same_struct(model, *id, theirs, ours),
        Type::Pointer(Pointer { .. }) if theirs.is_null() => same(theirs, ours),
        Type::Pointer(Pointer { target, .. }) => match target {
            PointerTarget::Struct(id) => same_struct(model, *id, theirs, ours),
            PointerTarget::Array(array) => {
                same_value(model, field, &Type::Array(array.clone()), theirs, ours)
            }
        },
        Type::Array(array) => match (array.element, array.length) {
            (Element::Int(int), _) if int.bits == 8 && !int.signed => same(theirs, &hex(field, ours)?),
            (element, Length::Constant(_) | Length::Field(_) | Length::ImageSize { .. } | Length::Rest) => {
                let (Some(theirs), Some(ours)) = (theirs.as_array(), ours.as_array()) else {
                    return Err(format!(": not two lists: {theirs} and {ours}"));
                };
                if theirs.len() != ours.len() {
                    return Err(format!(": {} elements, ours has {}", theirs.len(), ours.len()));
                }
                let ty = match element {
                    Element::Int(int) => Type::Int(int),
                    Element::Enum(id) => Type::Enum(id),
                    Element::Struct(id) => Type::Struct(id),
                    Element::Address(target) => Type::Address(target),
                };
                for (index, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                    same_value(model, field, &ty, theirs, ours)
                        .map_err(|error| format!("[{index}]{error}"))?;
                }
                Ok(())
            }
            (_, Length::CString) => same(theirs, &hex(field, ours)?),
        },
        Type::Switch(_) => Err(": a switch in a switch".into()),
    }
}

fn same(theirs: &Value, ours: &Value) -> Result<(), String> {
    if theirs == ours { Ok(()) } else { Err(format!(": {theirs}, ours {ours}")) }
}

/// Text is a string or, where it is no UTF-8, an object with hexadecimal digits; other bytes are digits already.
fn hex(field: &Field, ours: &Value) -> Result<Value, String> {
    match ours {
        Value::Object(object) => object.get("hex").cloned().ok_or_else(|| ": no digits".into()),
        Value::String(text) if field.text => Ok(to_hex(text.as_bytes()).into()),
        _ => Ok(ours.clone()),
    }
}

/// The number of an enumeration's value or flags, from their names.
fn number(list: &Enum, ours: &Value) -> Result<Value, String> {
    let item = |name: &str| {
        list.items
            .iter()
            .find(|item| {
                item.name == name
                    || spice_proto_derive::model::names::constant(&list.name, &item.name) == name
            })
            .map(|item| u64::from(item.value))
    };
    let Some(text) = ours.as_str() else { return Ok(ours.clone()) };
    if list.kind == EnumKind::Enum {
        return item(text).map(Value::from).ok_or_else(|| format!(": {text} is no item of {}", list.name));
    }
    let mut bits = 0;
    for name in text.split(" | ").filter(|name| !name.is_empty()) {
        bits |= match name.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).map_err(|error| format!(": {error}"))?,
            None => 1 << item(name).ok_or_else(|| format!(": {name} is no item of {}", list.name))?,
        };
    }
    Ok(Value::from(bits))
}
