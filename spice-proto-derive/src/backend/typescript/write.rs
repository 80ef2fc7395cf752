//! The functions that write: `measureX` checks everything, `writeX` puts it down, `encodeX` is both.

use super::names::arm_kind;
use super::scope::Scope;
use super::types::{POINTER, scalar_of};
use super::{TypeScript, comment};
use crate::backend::shape::{Scalar, Shape, Target, optional};
use crate::backend::text::Text;
use crate::model::{Arm, ByteOrder, Element, Field, Int, Length, StructId, Switch};

/// A structure that is being written.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a, 'n> {
    pub(super) scope: &'a Scope<'n>,
    pub(super) id: StructId,
}

impl<'m> TypeScript<'m> {
    pub(super) fn writers(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let w = Writing { scope, id };
        let (name, wire) = (self.names.structure(id), &self.names.wire);
        let mut measure = Text::new();
        let mut write = Text::new();
        for (index, field) in self.model[id].fields.iter().enumerate() {
            let value = format!("v.{}", self.names.property(id, index));
            self.measure_field(w, &mut measure, field, &value);
            self.write_field(w, &mut write, field, &value);
        }
        out.line("");
        comment(out, &[format!("Checks `{name}` and counts its bytes. Throws a `{wire}.EncodeError`.")]);
        self.function_of(out, &format!("measure{name}"), ("m", "Measure"), name, &measure.finish());
        out.line("");
        comment(out, &[format!("Writes `{name}`, which was measured.")]);
        self.function_of(out, &format!("write{name}"), ("w", "Writer"), name, &write.finish());
        out.line("");
        comment(
            out,
            &[format!(
                "The bytes of `{name}`, with what its pointers lead to. Throws a `{wire}.EncodeError`."
            )],
        );
        out.block(
            &format!("export function encode{name}(v: {name}): Uint8Array {{"),
            |out| out.line(&format!("return {wire}.encode(v, measure{name}, write{name});")),
            "}",
        );
    }

    fn function_of(&self, out: &mut Text, function: &str, tool: (&str, &str), name: &str, body: &str) {
        let wire = &self.names.wire;
        let prefix = |used: bool| if used { "" } else { "_" };
        let (letter, class) = tool;
        out.line(&format!(
            "export function {function}({}{letter}: {wire}.{class}, {}v: {name}): void {{",
            prefix(!body.is_empty()),
            prefix(body.contains("v.")),
        ));
        out.indented(|out| out.lines(body));
        out.line("}");
    }

    fn write_field(&self, w: Writing<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        if field.condition.is_some() {
            out.block(&format!("if ({value} !== null) {{"), |out| self.put(w, out, field, value), "}");
            return;
        }
        let Shape::Switch(switch) = self.shapes.shape(field) else {
            return self.put(w, out, field, value);
        };
        match (optional(switch), switch.fixed_size) {
            (Some(arm), _) if self.is_nullable(arm) => {
                let selector = self.own_selector(w, switch);
                let put = |out: &mut Text, arm: &'m Arm| self.put(w, out, &arm.field, value);
                self.branches(w.scope, out, switch, &selector, put, &|out| out.line("// No bytes."));
            }
            (Some(arm), _) => {
                out.block(
                    &format!("if ({value} !== null) {{"),
                    |out| self.put(w, out, &arm.field, value),
                    "}",
                );
            }
            (None, None) => self.write_cases(w, out, switch, value),
            (None, Some(size)) => {
                out.block(
                    &format!("w.padded({size}, () => {{"),
                    |out| self.write_cases(w, out, switch, value),
                    "});",
                );
            }
        }
    }

    fn write_cases(&self, w: Writing<'_, '_>, out: &mut Text, switch: &'m Switch, value: &str) {
        out.block(
            &format!("switch ({value}?.kind) {{"),
            |out| {
                for arm in &switch.arms {
                    out.line(&format!("case \"{}\":", arm_kind(self.model, switch, arm)));
                    out.indented(|out| {
                        self.put(w, out, &arm.field, &format!("{value}.value"));
                        out.line("break;");
                    });
                }
                if switch.fixed_size.is_some() {
                    out.line("case \"other\":");
                    out.indented(|out| {
                        out.line(&format!("w.bytes({value}.value);"));
                        out.line("break;");
                    });
                }
            },
            "}",
        );
    }

    /// Whether `null` stands for a case that holds a null pointer, as well as for one that does not hold.
    pub(super) fn is_nullable(&self, arm: &'m Arm) -> bool {
        matches!(self.shapes.shape(&arm.field), Shape::Pointer { required: false, .. })
    }

    /// A statement that writes what is no switch.
    fn put(&self, w: Writing<'_, '_>, out: &mut Text, field: &'m Field, value: &str) {
        let order = self.model[w.id].byte_order;
        let number =
            |scalar: Scalar, value: &str| format!("w.number({value}, {});", self.codec(order, scalar));
        out.line(&match self.shapes.shape(field) {
            Shape::Nothing | Shape::Switch(_) => return,
            Shape::Zero(size) => format!("w.zero({size});"),
            Shape::Count(int) => {
                let count = self.derived(w.id, field);
                let count = if int.bits == 64 { format!("BigInt({count})") } else { count };
                number(Scalar::Int(int), &count)
            }
            Shape::Scalar(scalar) => number(scalar, value),
            Shape::Struct(id) => format!("{}(w, {value});", self.function(w.scope, "write", id)),
            Shape::ByteArray(_) | Shape::Bytes(_) => format!("w.bytes({value});"),
            Shape::Fixed(element, _) | Shape::List(element, _) => {
                format!("{};", self.put_elements(w, order, element, value))
            }
            Shape::Pointer { target, .. } => {
                let write = match target {
                    Target::Struct(id) => self.function(w.scope, "write", id),
                    Target::Bytes(Length::CString) => "(w, v) => w.cString(v)".to_owned(),
                    Target::Bytes(_) => "(w, v) => w.bytes(v)".to_owned(),
                    Target::List(element, _) => {
                        format!("(w, v) => {}", self.put_elements(w, order, element, "v"))
                    }
                };
                format!("w.pointer({value}, {}, {write});", self.codec(order, POINTER))
            }
        });
    }

    fn put_elements(&self, w: Writing<'_, '_>, order: ByteOrder, element: Element, values: &str) -> String {
        match (element, scalar_of(element)) {
            (Element::Struct(id), _) => {
                format!("w.items({values}, {})", self.function(w.scope, "write", id))
            }
            (_, scalar) => {
                let codec = scalar.map_or_else(String::new, |scalar| self.codec(order, scalar));
                format!("w.numbers({values}, {codec})")
            }
        }
    }

    /// How a number is written, as the runtime calls it.
    pub(super) fn codec(&self, order: ByteOrder, scalar: Scalar) -> String {
        let (wire, load) = (&self.names.wire, self.loader(order, scalar));
        let name = load.rsplit('.').next().unwrap_or_default();
        format!("{wire}.{}", name.to_uppercase())
    }

    /// The value of a count: the length of its first array.
    pub(super) fn derived(&self, id: StructId, count: &'m Field) -> String {
        let item = &self.model[id];
        let array = self.shapes.counted(item, count);
        let position = array.and_then(|array| {
            item.fields.iter().position(|field| std::ptr::eq(self.shapes.shown(field), array))
        });
        position.map_or_else(|| "0".to_owned(), |at| format!("v.{}.length", self.names.property(id, at)))
    }

    pub(super) fn own_selector(&self, w: Writing<'_, '_>, switch: &Switch) -> String {
        self.selector(w.id, switch, |field| format!("v.{}", self.names.property(w.id, field)))
    }

    /// Whether an integer is a `bigint`.
    pub(super) fn is_big(scalar: Scalar) -> bool {
        matches!(scalar, Scalar::Int(Int { bits: 64, .. }) | Scalar::Address)
    }
}
