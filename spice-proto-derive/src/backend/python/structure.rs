//! The class of a structure: fields with documentation, then how it is read, measured and written.

use super::Python;
use super::print::{docstring, text};
use super::scope::Scope;
use crate::backend::docs;
use crate::backend::shape::{Shape, optional};
use crate::backend::text::Text;
use crate::model::{Field, StructId, names};

impl<'m> Python<'m> {
    /// The class of a structure, those of its choices in front.
    pub(super) fn structure(&self, scope: &Scope<'_>, id: StructId) -> String {
        let item = &self.model[id];
        let mut out = text();
        for (index, field) in item.fields.iter().enumerate() {
            if let Shape::Switch(switch) = self.shapes.shape(field)
                && optional(switch).is_none()
            {
                self.choice(scope, &mut out, id, index, switch);
            }
        }
        scope.set_fields(item.fields.iter().map(|field| self.name(field)));
        let direct = self.names.direct(id);
        let base = scope.wire(if direct.is_some() { "Message" } else { "Structure" });
        out.line(&self.decorator(scope));
        out.line(&format!("class {}({base}):", self.names.structure(id)));
        out.indented(|out| {
            docstring(out, &docs::structure(item));
            self.constants(scope, out, id);
            for field in &item.fields {
                self.field(scope, out, id, field);
            }
            self.read_method(scope, out, id);
            self.measure_method(scope, out, id);
            self.write_method(scope, out, id);
        });
        scope.set_fields(std::iter::empty());
        out.finish()
    }

    pub(super) fn decorator(&self, scope: &Scope<'_>) -> String {
        format!("@{}(slots=True, repr=False)", scope.import("dataclasses", "dataclass"))
    }

    fn constants(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let item = &self.model[id];
        let class_var = |ty: &str| format!("{}[{}]", scope.import("typing", "ClassVar"), scope.builtin(ty));
        let mut lines = Vec::new();
        if let Some((name, number)) = self.names.direct(id) {
            lines.push(format!("KIND: {} = {number}", class_var("int")));
            lines.push(format!("NAME: {} = \"{name}\"", class_var("str")));
        }
        if item.size.min > 0 {
            lines.push(format!("MIN_SIZE: {} = {}", class_var("int"), item.size.min));
        }
        if item.exact {
            lines.push(format!("EXACT: {} = True", class_var("bool")));
        }
        if !lines.is_empty() {
            out.line("");
            lines.iter().for_each(|line| out.line(line));
        }
    }

    fn field(&self, scope: &Scope<'_>, out: &mut Text, id: StructId, field: &'m Field) {
        let Some(ty) = self.field_type(scope, id, field) else { return };
        let shown = self.shapes.shown(field);
        let hidden = field.sensitive || shown.sensitive;
        out.line("");
        let value = if hidden {
            format!(" = {}(repr=False)", scope.import("dataclasses", "field"))
        } else {
            String::new()
        };
        out.line(&format!("{}: {ty}{value}", self.name(field)));
        docstring(out, &docs::field(self.model, shown));
    }

    /// The constant with the format of a block of a structure.
    pub(super) fn format_name(&self, id: StructId) -> String {
        names::snake(&self.model[id].name).to_uppercase()
    }
}
