//! How the case of a switch is chosen, and how many elements a length asks for.

use super::TypeScript;
use super::names::arm_kind;
use super::scope::Scope;
use crate::backend::shape::optional;
use crate::backend::text::Text;
use crate::model::{Arm, Field, FieldRef, Label, Length, StructId, Switch, Type};

impl<'m> TypeScript<'m> {
    /// Statements for each case, and for none. `arm` prints what is done in one, `otherwise` what is done where no case holds,
    /// unless a default takes that.
    pub(super) fn branches(
        &self,
        scope: &Scope<'_>,
        out: &mut Text,
        switch: &'m Switch,
        selector: &str,
        arm: impl FnMut(&mut Text, &'m Arm),
        otherwise: &dyn Fn(&mut Text),
    ) {
        if self.shapes.is_flags(switch.selector_type) {
            self.by_bits(scope, out, switch, selector, arm, otherwise);
        } else {
            self.by_number(scope, out, switch, selector, arm, otherwise);
        }
    }

    fn by_number(
        &self,
        scope: &Scope<'_>,
        out: &mut Text,
        switch: &'m Switch,
        selector: &str,
        mut arm: impl FnMut(&mut Text, &'m Arm),
        otherwise: &dyn Fn(&mut Text),
    ) {
        out.block(
            &format!("switch ({selector}) {{"),
            |out| {
                let mut default = false;
                for one in &switch.arms {
                    let ends = one.labels.contains(&Label::Default);
                    for label in one.labels.iter().filter(|_| !ends) {
                        if let Label::Item { item, .. } = *label {
                            out.line(&format!("case {}:", self.item(scope, switch.selector_type, item)));
                        }
                    }
                    if ends {
                        default = true;
                        out.line("default:");
                    }
                    out.indented(|out| {
                        arm(out, one);
                        out.line("break;");
                    });
                }
                if !default {
                    out.line("default:");
                    out.indented(otherwise);
                }
            },
            "}",
        );
    }

    fn by_bits(
        &self,
        scope: &Scope<'_>,
        out: &mut Text,
        switch: &'m Switch,
        selector: &str,
        mut arm: impl FnMut(&mut Text, &'m Arm),
        otherwise: &dyn Fn(&mut Text),
    ) {
        let mut word = "if";
        for one in &switch.arms {
            if one.labels.contains(&Label::Default) {
                if word == "if" {
                    arm(out, one);
                } else {
                    out.block("} else {", |out| arm(out, one), "}");
                }
                return;
            }
            let conditions = one.labels.iter().filter_map(|label| match *label {
                Label::Item { item, negated } => {
                    let bit = self.item(scope, switch.selector_type, item);
                    Some(format!("({selector} & {bit}) {}== 0", if negated { "=" } else { "!" }))
                }
                Label::Default => None,
            });
            out.line(&format!("{word} ({}) {{", conditions.collect::<Vec<_>>().join(" || ")));
            out.indented(|out| arm(out, one));
            word = "} else if";
        }
        out.block("} else {", otherwise, "}");
    }

    /// The selector of a switch; `first` prints the field of the structure that it starts from.
    pub(super) fn selector(&self, id: StructId, switch: &Switch, first: impl Fn(usize) -> String) -> String {
        let mut path = String::new();
        let mut owner = id;
        for (step, &index) in switch.selector.iter().enumerate() {
            path = match step {
                0 => first(index),
                _ => format!("{path}.{}", self.names.property(owner, index)),
            };
            if let Some(Type::Struct(inner)) = self.model[owner].fields.get(index).map(|field| &field.ty) {
                owner = *inner;
            }
        }
        path
    }

    /// How many elements a length asks for; none for arrays that end with the message or with a zero byte. `value` prints a
    /// field of the structure.
    pub(super) fn count(
        &self,
        id: StructId,
        length: Length,
        value: &dyn Fn(usize, &'m Field) -> String,
    ) -> Option<String> {
        let number = |reference: FieldRef| {
            let (field, member) = self.shapes.referred(&self.model[id], reference)?;
            let path = value(reference.field, field);
            Some(match &field.ty {
                Type::Switch(switch) if optional(switch).is_none() => {
                    let arm = switch.arms.iter().find(|arm| std::ptr::eq(&arm.field, member))?;
                    let kind = arm_kind(self.model, switch, arm);
                    format!("({path}?.kind === \"{kind}\" ? {path}.value : 0)")
                }
                Type::Switch(_) => format!("({path} ?? 0)"),
                _ if field.condition.is_some() => format!("({path} ?? 0)"),
                _ => path,
            })
        };
        match length {
            Length::Constant(count) => Some(count.to_string()),
            Length::Field(reference) => number(reference),
            Length::ImageSize { bits_per_pixel, width, height } => {
                let (width, height) = (number(width)?, number(height)?);
                Some(format!("{}.imageSize({bits_per_pixel}, {width}, {height})", self.names.wire))
            }
            Length::Rest | Length::CString => None,
        }
    }
}
