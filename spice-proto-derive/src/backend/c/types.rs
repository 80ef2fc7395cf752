//! The structures, and the unions that switches become.

use super::{C, comment};
use crate::backend::docs;
use crate::backend::shape::{Shape, Target, has_default, optional};
use crate::backend::text::Text;
use crate::model::{Arm, Field, Struct, StructId, Switch};

impl<'m> C<'m> {
    /// A structure with all that belongs to it.
    pub(super) fn structure(&self, text: &mut Text, id: StructId) {
        let item = &self.model[id];
        for field in &item.fields {
            if let Shape::Switch(switch) = self.shapes.shape(field)
                && optional(switch).is_none()
            {
                self.switch_type(text, item, field, switch);
            }
        }
        self.struct_type(text, item, id);
        self.reader(text, item, id);
        self.measurer(text, item, id);
        self.writer(text, item, id);
        self.references(text, id);
        self.struct_api(text, item, id);
    }

    fn struct_type(&self, text: &mut Text, item: &'m Struct, id: StructId) {
        let name = self.struct_name(id);
        comment(text, &docs::structure(item));
        text.block(
            &format!("typedef struct {name} {{"),
            |text| {
                let mut members = 0;
                for field in &item.fields {
                    members += usize::from(self.struct_member(text, item, field));
                }
                if members == 0 {
                    text.line("/** C has no structures without members. */");
                    text.line("uint8_t nothing;");
                }
            },
            &format!("}} {name};"),
        );
        text.line("");
    }

    fn struct_member(&self, text: &mut Text, item: &'m Struct, field: &'m Field) -> bool {
        let Some((ty, behind)) = self.field_type(item, field) else {
            // An optional member without a value still says whether it is there.
            if self.has_flag(field) {
                comment(text, &docs::field(self.model, self.shapes.shown(field)));
                text.line(&format!("bool {};", self.has_name(item, field)));
                return true;
            }
            return false;
        };
        let name = self.field_name(field);
        if self.has_flag(field) {
            text.line(&format!("/** Whether `{name}` is there. */"));
            text.line(&format!("bool {};", self.has_name(item, field)));
        }
        let shown = self.shapes.shown(field);
        comment(text, &docs::with(&docs::field(self.model, shown), &self.member_note(shown)));
        text.line(&format!("{}{name}{behind};", spaced(&ty)));
        true
    }

    /// What the type of a member does not say.
    fn member_note(&self, field: &'m Field) -> String {
        match self.shapes.shape(field) {
            Shape::ByteArray(count) => format!("{count} bytes; NULL is written as zeros."),
            Shape::Pointer { target, required } => {
                let null = if required { "" } else { " NULL is possible." };
                match target {
                    Target::Struct(_) => {
                        format!("Behind a pointer: `{}` looks.{null}", self.getter_name(target))
                    }
                    Target::Bytes(_) | Target::List(..) => format!("Behind a pointer.{null}"),
                }
            }
            _ => String::new(),
        }
    }

    fn getter_name(&self, target: Target) -> String {
        match target {
            Target::Struct(id) => self.of(&self.struct_name(id), "get"),
            Target::Bytes(_) | Target::List(..) => String::new(),
        }
    }

    /// The kinds of a switch, the union, and the choice.
    fn switch_type(&self, text: &mut Text, item: &'m Struct, field: &'m Field, switch: &'m Switch) {
        let name = self.switch_name(item, field);
        let kind = self.of(&name, "kind");
        text.line(&format!("/** Which member of a `{name}` there is. */"));
        let arms = switch.arms.iter();
        let mut constants: Vec<(Vec<String>, String)> = arms
            .map(|arm| (docs::arm(self.model, switch, arm), self.arm_constant(&name, switch, arm)))
            .collect();
        if let Some((word, about)) = otherwise(switch) {
            constants.insert(0, (vec![about.to_owned()], self.constant_of(&name, word)));
        }
        text.line(&format!("typedef enum {kind} {{"));
        text.indented(|text| {
            for (index, (docs, constant)) in constants.iter().enumerate() {
                comment(text, docs);
                text.line(&format!("{constant}{}", if index + 1 < constants.len() { "," } else { "" }));
            }
        });
        text.line(&format!("}} {kind};"));
        text.line("");
        comment(text, &docs::switch(item, field));
        text.block(
            &format!("typedef struct {name} {{"),
            |text| {
                text.line("/** Which member of `u` there is; it has to fit the selector. */");
                text.line(&format!("{kind} kind;"));
                let members = self.union_members(item, switch);
                if !members.is_empty() {
                    text.block("union {", |text| members.iter().for_each(|line| text.line(line)), "} u;");
                }
            },
            &format!("}} {name};"),
        );
        text.line("");
        self.choice(text, &name, switch);
    }

    fn union_members(&self, item: &'m Struct, switch: &'m Switch) -> Vec<String> {
        let member = |arm: &'m Arm| {
            let (ty, behind) = self.field_type(item, &arm.field)?;
            Some(format!("{}{}{behind};", spaced(&ty), self.arm_member(switch, arm)))
        };
        let mut members: Vec<String> = switch.arms.iter().filter_map(member).collect();
        if let Some(size) = switch.fixed_size {
            members.push(format!("/** The {size} bytes of a choice that the selector does not name. */"));
            members.push(format!("const uint8_t *{};", self.other_member(switch)));
        }
        members
    }

    /// The member for the bytes of a choice that is not known.
    pub(super) fn other_member(&self, switch: &Switch) -> String {
        let mut name = "other".to_owned();
        while switch.arms.iter().any(|arm| self.arm_member(switch, arm) == name) {
            name.push('_');
        }
        name
    }
}

/// What there is where no arm is chosen: its word, and what it means.
pub(super) fn otherwise(switch: &Switch) -> Option<(&'static str, &'static str)> {
    match switch.fixed_size {
        Some(_) => Some(("other", "The selector names no choice.")),
        None if has_default(switch) => None,
        None => Some(("absent", "The selector chooses nothing: no bytes.")),
    }
}

/// A type in front of a name.
fn spaced(ty: &str) -> String {
    if ty.ends_with('*') { ty.to_owned() } else { format!("{ty} ") }
}
