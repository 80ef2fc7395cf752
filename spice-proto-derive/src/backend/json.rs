//! JSON: the whole model as data, for tools in any language. `docs/json-model.md` describes the schema.

use super::Backend;
use super::File;
use super::text::Json;
use crate::model::AddressTarget;
use crate::model::Array;
use crate::model::ByteOrder;
use crate::model::Capability;
use crate::model::Channel;
use crate::model::ChannelId;
use crate::model::Element;
use crate::model::Enum;
use crate::model::EnumId;
use crate::model::EnumItem;
use crate::model::EnumKind;
use crate::model::Field;
use crate::model::FieldRef;
use crate::model::Label;
use crate::model::Length;
use crate::model::Message;
use crate::model::Model;
use crate::model::ModuleId;
use crate::model::PointerTarget;
use crate::model::Protocol;
use crate::model::Role;
use crate::model::Size;
use crate::model::Struct;
use crate::model::StructId;
use crate::model::Switch;
use crate::model::Type;

/// Rises when a member changes its meaning or goes away. New members may come without.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON back end: one file with the whole model.
#[derive(Clone, Copy, Debug)]
pub struct JsonBackend;

impl Backend for JsonBackend {
    fn name(&self) -> &'static str {
        "json"
    }

    fn generate(&self, model: &Model) -> Vec<File> {
        vec![File { path: format!("{}.json", model.name).into(), text: describe(model) }]
    }
}

/// The model as JSON text.
#[must_use]
pub fn describe(model: &Model) -> String {
    let writer = Writer { model };
    Json::object()
        .with("schema_version", SCHEMA_VERSION)
        .with("modules", model.modules.iter().map(|m| named(&m.name, &m.docs)).collect::<Json>())
        .with("enums", model.enums.iter().map(|e| writer.enumeration(e)).collect::<Json>())
        .with("structs", model.structs.iter().map(|s| writer.structure(s)).collect::<Json>())
        .with("channels", model.channels.iter().map(|c| writer.channel(c)).collect::<Json>())
        .with_some("protocol", model.protocol.as_ref().map(|p| writer.protocol(p)))
        .to_text()
}

struct Writer<'m> {
    model: &'m Model,
}

impl Writer<'_> {
    fn enumeration(&self, list: &Enum) -> Json {
        let kind = match list.kind {
            EnumKind::Enum => "enum",
            EnumKind::Flags => "flags",
            EnumKind::Capabilities => "capabilities",
        };
        named(&list.name, &list.docs)
            .with("id", self.id(list.module, &list.name))
            .with("kind", kind)
            .with("bits", list.bits)
            .with("items", list.items.iter().map(|item| self.item(list.kind, item)).collect::<Json>())
    }

    fn item(&self, kind: EnumKind, item: &EnumItem) -> Json {
        let json = named(&item.name, &item.docs);
        let json = match kind {
            EnumKind::Enum => json.with("value", item.value),
            EnumKind::Flags => json.with("bit", item.value).with("mask", 1_i128 << item.value.min(31)),
            EnumKind::Capabilities => {
                let mask = 1_i128 << (item.value % 32);
                json.with("bit", item.value).with("word", item.value / 32).with("mask", mask)
            }
        };
        json.with_some("since", self.capability(item.since)).with_flag("deprecated", item.deprecated)
    }

    fn structure(&self, item: &Struct) -> Json {
        named(&item.name, &item.docs)
            .with("id", self.id(item.module, &item.name))
            .with("size", size(item.size))
            .with_flag("big_endian", item.byte_order == ByteOrder::Big)
            .with_flag("exact", item.exact)
            .with_some("since", self.capability(item.since))
            .with("pointer_depth", item.pointer_depth as u64)
            .with_some("conditions", item.conditions.map(|list| self.enum_id(list)))
            .with("fields", item.fields.iter().map(|field| self.field(item, field)).collect::<Json>())
    }

    fn field(&self, item: &Struct, field: &Field) -> Json {
        let json = named(&field.name, &field.docs)
            .with("type", self.ty(item, &field.ty))
            .with_some("alias", field.alias.as_deref())
            .with_some("offset", field.offset)
            .with("size", size(field.size));
        let json = match &field.role {
            Role::Plain => json,
            Role::Count { arrays } => {
                json.with("counts", arrays.iter().map(|array| reference(item, *array)).collect::<Json>())
            }
            Role::Zero => json.with("zero", true),
            Role::Virtual(value) => json.with("virtual", *value),
        };
        json.with_some("range", field.range.map(|(min, max)| vec![min, max]))
            .with_some("max", field.max)
            .with_some("since", self.capability(field.since))
            .with_some("if", self.capability(field.condition))
            .with_flag("sensitive", field.sensitive)
            .with_flag("text", field.text)
    }

    fn ty(&self, item: &Struct, ty: &Type) -> Json {
        match ty {
            Type::Int(int) => self.element(Element::Int(*int)),
            Type::Enum(id) => self.element(Element::Enum(*id)),
            Type::Struct(id) => self.element(Element::Struct(*id)),
            Type::Address(target) => self.element(Element::Address(*target)),
            Type::UnixFd => kind("unix_fd"),
            Type::Array(array) => self.array(item, array),
            Type::Pointer(pointer) => kind("pointer").with("required", pointer.required).with(
                "target",
                match &pointer.target {
                    PointerTarget::Struct(id) => self.element(Element::Struct(*id)),
                    PointerTarget::Array(array) => self.array(item, array),
                },
            ),
            Type::Switch(switch) => self.switch(item, switch),
        }
    }

    fn element(&self, element: Element) -> Json {
        match element {
            Element::Int(int) => kind("int").with("signed", int.signed).with("bits", int.bits),
            Element::Enum(id) => kind("enum").with("id", self.enum_id(id)),
            Element::Struct(id) => kind("struct").with("id", self.struct_id(id)),
            Element::Address(target) => kind("address").with(
                "target",
                match target {
                    AddressTarget::Int(int) => self.element(Element::Int(int)),
                    AddressTarget::Struct(id) => self.element(Element::Struct(id)),
                },
            ),
        }
    }

    fn array(&self, item: &Struct, array: &Array) -> Json {
        let length = match array.length {
            Length::Constant(count) => kind("constant").with("count", count),
            Length::Field(field) => kind("field").with("of", reference(item, field)),
            Length::ImageSize { bits_per_pixel, width, height } => kind("image_size")
                .with("bits_per_pixel", bits_per_pixel)
                .with("width", reference(item, width))
                .with("height", reference(item, height)),
            Length::Rest => kind("rest"),
            Length::CString => kind("cstring"),
        };
        kind("array").with("element", self.element(array.element)).with("length", length)
    }

    fn switch(&self, item: &Struct, switch: &Switch) -> Json {
        let mut path = Vec::new();
        let mut inside = item;
        for &step in &switch.selector {
            let Some(field) = inside.fields.get(step) else { break };
            path.push(field.name.as_str());
            if let Type::Struct(id) = field.ty {
                inside = &self.model[id];
            }
        }
        let items = &self.model[switch.selector_type].items;
        let label = |label: &Label| match label {
            Label::Default => Json::object().with("default", true),
            Label::Item { item, negated } => Json::object()
                .with_some("item", items.get(*item).map(|item| item.name.as_str()))
                .with_flag("negated", *negated),
        };
        let arms = switch.arms.iter().map(|arm| {
            self.field(item, &arm.field).with("when", arm.labels.iter().map(label).collect::<Json>())
        });
        kind("switch")
            .with("selector", path)
            .with("selector_type", self.enum_id(switch.selector_type))
            .with_some("fixed_size", switch.fixed_size)
            .with("arms", arms.collect::<Json>())
    }

    fn channel(&self, channel: &Channel) -> Json {
        let list = |messages: &[Message]| messages.iter().map(|m| self.message(m)).collect::<Json>();
        named(&channel.name, &channel.docs)
            .with("module", self.model[channel.module].name.as_str())
            .with_some("base", channel.base.map(|base| self.model[base].name.as_str()))
            .with_some("capabilities", channel.capabilities.map(|list| self.enum_id(list)))
            .with("id_bits", channel.id_bits)
            .with("server", list(&channel.server))
            .with("client", list(&channel.client))
            .with("both", list(&channel.both))
    }

    fn message(&self, message: &Message) -> Json {
        named(&message.name, &message.docs)
            .with("number", message.number)
            .with("body", self.struct_id(message.body))
            .with("declared_by", self.channel_name(message.channel))
            .with_some("since", self.capability(message.since))
            .with_flag("deprecated", message.deprecated)
    }

    fn protocol(&self, protocol: &Protocol) -> Json {
        let channels = protocol.channels.iter().map(|channel| {
            named(&channel.name, &channel.docs)
                .with("number", channel.number)
                .with("channel", self.channel_name(channel.channel))
        });
        named(&protocol.name, &protocol.docs).with("channels", channels.collect::<Json>())
    }

    fn capability(&self, capability: Option<Capability>) -> Option<String> {
        let capability = capability?;
        let list = &self.model[capability.list];
        let item = list.items.get(capability.item)?;
        Some(format!("{}.{}", self.id(list.module, &list.name), item.name))
    }

    fn enum_id(&self, id: EnumId) -> String {
        self.id(self.model[id].module, &self.model[id].name)
    }

    fn struct_id(&self, id: StructId) -> String {
        self.id(self.model[id].module, &self.model[id].name)
    }

    fn channel_name(&self, id: ChannelId) -> &str {
        &self.model[id].name
    }

    /// `module.Name`: unique among structures and enumerations.
    fn id(&self, module: ModuleId, name: &str) -> String {
        let module = &self.model[module].name;
        if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
    }
}

fn named(name: &str, docs: &[String]) -> Json {
    Json::object().with("name", name).with_some("docs", (!docs.is_empty()).then(|| docs.join("\n")))
}

fn kind(kind: &str) -> Json {
    Json::object().with("kind", kind)
}

fn size(size: Size) -> Json {
    Json::object().with("min", size.min).with("fixed", size.fixed)
}

/// A field of the structure, by name; for the member of an arm the name of the switch and the position of the arm.
fn reference(item: &Struct, reference: FieldRef) -> Json {
    let field = item.fields.get(reference.field).map(|field| field.name.as_str());
    let arm = reference.arm.map(|arm| arm as u64);
    Json::object().with_some("field", field).with_some("arm", arm)
}
