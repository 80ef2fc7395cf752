//! Interfaces: of structures, and unions of switches with several cases.

use super::names::arm_kind;
use super::scope::Scope;
use super::{TypeScript, comment};
use crate::backend::docs;
use crate::backend::shape::{Shape, optional};
use crate::backend::text::Text;
use crate::model::{Field, StructId, Switch};

impl<'m> TypeScript<'m> {
    /// A structure's interface, the unions of its switches, and the functions.
    pub(super) fn structure(&self, scope: &Scope<'_>, out: &mut Text, id: StructId) {
        let item = &self.model[id];
        for (index, field) in item.fields.iter().enumerate() {
            if let Shape::Switch(switch) = self.shapes.shape(field)
                && optional(switch).is_none()
            {
                comment(out, &docs::switch(item, field));
                self.union(scope, out, self.names.switch(id, index), switch);
                out.line("");
            }
        }
        comment(out, &docs::structure(item));
        out.block(
            &format!("export interface {} {{", self.names.structure(id)),
            |out| {
                for (index, field) in item.fields.iter().enumerate() {
                    if self.is_shown(field) {
                        self.property(scope, out, id, index, field);
                    }
                }
            },
            "}",
        );
        out.line("");
        self.readers(scope, out, id);
        self.writers(scope, out, id);
    }

    fn property(&self, scope: &Scope<'_>, out: &mut Text, id: StructId, index: usize, field: &'m Field) {
        let mut docs = docs::field(self.model, self.shapes.shown(field));
        if field.text {
            docs = docs::with(&docs, &format!("Text: `{}.decodeText`.", self.names.wire));
        }
        comment(out, &docs);
        let ty = self.field_type(scope, id, field);
        out.line(&format!("readonly {}: {ty};", self.names.property(id, index)));
    }

    fn union(&self, scope: &Scope<'_>, out: &mut Text, name: &str, switch: &'m Switch) {
        out.line(&format!("export type {name} ="));
        out.indented(|out| {
            let last = switch.arms.len();
            for (index, arm) in switch.arms.iter().enumerate() {
                comment(out, &docs::arm(self.model, switch, arm));
                let end = if index + 1 == last && switch.fixed_size.is_none() { ";" } else { "" };
                let (kind, ty) = (arm_kind(self.model, switch, arm), self.member_type(scope, &arm.field));
                out.line(&format!("| {{ readonly kind: \"{kind}\"; readonly value: {ty} }}{end}"));
            }
            if switch.fixed_size.is_some() {
                comment(out, &["The bytes of a choice that the selector does not name.".to_owned()]);
                out.line("| { readonly kind: \"other\"; readonly value: Uint8Array };");
            }
        });
    }
}
