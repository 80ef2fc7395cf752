//! What tables and pages say of fields, in words: where they stand, of which type, and what holds for them.

use crate::model::{
    AddressTarget, Array, ByteOrder, Capability, Channel, Element, Enum, EnumId, EnumKind, Field, FieldRef,
    Int, Label, Length, Message, Model, PointerTarget, Role, Size, Struct, StructId, Switch, Type, names,
};

/// How definitions are named in the middle of a text: as they are, or with a link.
pub(super) trait Names {
    /// A structure.
    fn structure(&self, id: StructId) -> String;

    /// An enumeration, flag set or capability list, with its width.
    fn enumeration(&self, id: EnumId) -> String;

    /// An item of a capability list.
    fn capability(&self, capability: Capability) -> String;
}

/// Names as they are.
pub(super) struct Plain<'m>(pub(super) &'m Model);

impl Names for Plain<'_> {
    fn structure(&self, id: StructId) -> String {
        self.0[id].name.clone()
    }

    fn enumeration(&self, id: EnumId) -> String {
        enum_type(&self.0[id])
    }

    fn capability(&self, capability: Capability) -> String {
        let list = &self.0[capability.list];
        let item = list.items.get(capability.item).map_or("", |item| item.name.as_str());
        format!("{}.{item}", list.name)
    }
}

/// Where the next field stands: so many bytes behind the start, or behind the end of a field.
#[derive(Clone, Default)]
pub(super) struct Place {
    behind: Option<String>,
    bytes: u64,
}

impl Place {
    pub(super) fn pass(&mut self, name: &str, size: Size) {
        if size.fixed {
            self.bytes = self.bytes.saturating_add(size.min);
        } else {
            *self = Self { behind: Some(name.to_owned()), bytes: 0 };
        }
    }

    pub(super) fn text(&self) -> String {
        match &self.behind {
            None => self.bytes.to_string(),
            Some(name) => format!("{name} + {}", self.bytes),
        }
    }
}

/// Words for the fields of a model.
pub(super) struct Words<'m, N> {
    pub(super) model: &'m Model,
    pub(super) names: N,
}

impl<'m, N: Names> Words<'m, N> {
    pub(super) fn labels(&self, switch: &Switch, labels: &[Label]) -> String {
        let items = &self.model[switch.selector_type].items;
        let label = |label: &Label| match label {
            Label::Default => "otherwise".to_owned(),
            Label::Item { item, negated } => {
                let name = items.get(*item).map_or("", |item| item.name.as_str());
                if *negated { format!("without {name}") } else { format!("with {name}") }
            }
        };
        labels.iter().map(label).collect::<Vec<_>>().join(" or ")
    }

    pub(super) fn facts(&self, item: &Struct, field: &Field) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(capability) = field.condition {
            facts.push(format!("only with {}", self.names.capability(capability)));
        }
        if let Some(since) = field.since {
            facts.push(format!("needs {}", self.names.capability(since)));
        }
        match &field.role {
            Role::Zero => facts.push("written as 0".to_owned()),
            Role::Virtual(value) => facts.push(format!("always {value}")),
            Role::Count { .. } | Role::Plain => {}
        }
        if let Some((min, max)) = field.range {
            facts.push(if min == max { format!("always {min}") } else { format!("from {min} to {max}") });
        }
        if let Some(max) = field.max {
            facts.push(format!("at most {}", names::count(max, "element")));
        }
        if matches!(&field.ty, Type::Pointer(pointer) if pointer.required) {
            facts.push("not null".to_owned());
        }
        if item.byte_order == ByteOrder::Big && is_number(&field.ty) {
            facts.push("big endian".to_owned());
        }
        if field.sensitive {
            facts.push("sensitive".to_owned());
        }
        facts
    }

    pub(super) fn type_of(&self, item: &Struct, field: &Field) -> String {
        let alias = field.alias.iter().map(|alias| format!(" ({alias})")).collect::<String>();
        let ty = match &field.ty {
            Type::Int(int) => int_type(*int),
            Type::Enum(id) => self.names.enumeration(*id),
            Type::Struct(id) => self.names.structure(*id),
            Type::Array(array) => self.array(item, array),
            Type::Pointer(pointer) => match &pointer.target {
                PointerTarget::Struct(id) => format!("pointer to {}", self.names.structure(*id)),
                PointerTarget::Array(array) => format!("pointer to {}", self.array(item, array)),
            },
            Type::Switch(switch) => format!("by {}", self.selector(item, &switch.selector)),
            Type::Address(target) => self.address(*target),
            Type::UnixFd => "unix_fd".to_owned(),
        };
        ty + &alias
    }

    pub(super) fn address(&self, target: AddressTarget) -> String {
        match target {
            AddressTarget::Int(int) => format!("address of {}", int_type(int)),
            AddressTarget::Struct(id) => format!("address of {}", self.names.structure(id)),
        }
    }

    pub(super) fn array(&self, item: &Struct, array: &Array) -> String {
        let element = match array.element {
            Element::Int(int) => int_type(int),
            Element::Enum(id) => self.names.enumeration(id),
            Element::Struct(id) => self.names.structure(id),
            Element::Address(target) => self.address(target),
        };
        let length = match array.length {
            Length::Constant(count) => count.to_string(),
            Length::Field(field) => field_name(item, field).to_owned(),
            Length::ImageSize { bits_per_pixel, width, height } => {
                format!(
                    "image_size({bits_per_pixel}, {}, {})",
                    field_name(item, width),
                    field_name(item, height)
                )
            }
            Length::Rest => "to the end".to_owned(),
            Length::CString => "to a zero byte".to_owned(),
        };
        format!("{element}[{length}]")
    }

    pub(super) fn selector(&self, item: &'m Struct, path: &[usize]) -> String {
        let mut fields = item.fields.as_slice();
        let mut steps = Vec::new();
        for step in path {
            let Some(field) = fields.get(*step) else { break };
            steps.push(field.name.as_str());
            fields = match field.ty {
                Type::Struct(id) => &self.model[id].fields,
                _ => &[],
            };
        }
        steps.join(".")
    }
}

/// The messages of a channel with who sends them.
pub(super) fn messages(channel: &Channel) -> impl Iterator<Item = (&'static str, &Message)> {
    let server = channel.server.iter().map(|message| ("server", message));
    let client = channel.client.iter().map(|message| ("client", message));
    server.chain(client).chain(channel.both.iter().map(|message| ("both", message)))
}

pub(super) fn facts(item: &Struct) -> Option<String> {
    item.exact.then(|| "nothing may follow".to_owned())
}

pub(super) fn size_of(size: Size) -> String {
    match (size.min, size.fixed) {
        (min, true) => names::count(min, "byte"),
        (0, false) => "any number of bytes".to_owned(),
        (min, false) => format!("at least {}", names::count(min, "byte")),
    }
}

pub(super) fn bytes_of(size: Size) -> String {
    format!("{}{}", size.min, if size.fixed { "" } else { "+" })
}

pub(super) fn is_number(ty: &Type) -> bool {
    match ty {
        Type::Int(int) => int.bits > 8,
        Type::Array(Array { element: Element::Int(int), .. }) => int.bits > 8,
        Type::Enum(_) | Type::Address(_) => true,
        _ => false,
    }
}

pub(super) fn int_type(int: Int) -> String {
    format!("{}int{}", if int.signed { "" } else { "u" }, int.bits)
}

pub(super) fn enum_type(list: &Enum) -> String {
    match list.kind {
        EnumKind::Enum => format!("enum{} {}", list.bits, list.name),
        EnumKind::Flags => format!("flags{} {}", list.bits, list.name),
        EnumKind::Capabilities => format!("capabilities {}", list.name),
    }
}

/// The name of a field, or of the member of an arm.
pub(super) fn field_name(item: &Struct, reference: FieldRef) -> &str {
    let Some(field) = item.fields.get(reference.field) else { return "" };
    match (&field.ty, reference.arm) {
        (Type::Switch(switch), Some(arm)) => switch.arms.get(arm).map_or("", |arm| arm.field.name.as_str()),
        _ => field.name.as_str(),
    }
}
