//! Choices: a dataclass for each arm, a union of them, and how the selector decides.

use super::Python;
use super::names::field_name;
use super::print::{WIDTH, docstring, text};
use super::scope::Scope;
use crate::backend::docs;
use crate::backend::shape::{Shape, has_default, optional};
use crate::backend::text::Text;
use crate::model::{Arm, Field, FieldRef, Label, Length, StructId, Switch, Type};

impl<'m> Python<'m> {
    /// The classes of the arms, and the union.
    pub(super) fn choice(
        &self,
        scope: &Scope<'_>,
        out: &mut Text,
        id: StructId,
        index: usize,
        switch: &'m Switch,
    ) {
        let item = &self.model[id];
        let Some(field) = item.fields.get(index) else { return };
        let Some((union, classes)) = self.names.switch(id, index) else { return };
        let (decorator, member) = (self.decorator(scope), scope.wire("Member"));
        let mut class = |name: &String, docs: &[String], line: &str| {
            out.line(&decorator);
            out.line(&format!("class {name}({member}):"));
            out.indented(|out| {
                docstring(out, docs);
                out.line("");
                out.line(line);
            });
            out.line("");
            out.line("");
        };
        for (arm, name) in switch.arms.iter().zip(classes) {
            scope.set_fields(std::iter::once(field_name(&arm.field.name)));
            let ty = self.member_type(scope, &arm.field);
            let hidden = if arm.field.sensitive {
                format!(" = {}(repr=False)", scope.import("dataclasses", "field"))
            } else {
                String::new()
            };
            let line = format!("{}: {ty}{hidden}", field_name(&arm.field.name));
            class(name, &docs::arm(self.model, switch, arm), &line);
        }
        scope.set_fields(std::iter::empty());
        if let Some(other) = classes.get(switch.arms.len()) {
            let docs = ["The bytes of a choice that the selector does not name.".to_owned()];
            class(other, &docs, &format!("data: {}", scope.wire("Bytes")));
        }
        let mut members: Vec<String> = classes.to_vec();
        if switch.fixed_size.is_none() && !has_default(switch) {
            members.push("None".to_owned());
        }
        self.union(scope, out, union, &members);
        docstring(out, &docs::switch(item, field));
        out.line("");
        out.line("");
    }

    /// A name for one of several classes.
    pub(super) fn union(&self, scope: &Scope<'_>, out: &mut Text, name: &str, members: &[String]) {
        let alias = scope.import("typing", "TypeAlias");
        let line = format!("{name}: {alias} = {}", members.join(" | "));
        if line.len() <= WIDTH {
            out.line(&line);
            return;
        }
        out.block(
            &format!("{name}: {alias} = ("),
            |out| {
                for (index, member) in members.iter().enumerate() {
                    out.line(&format!("{}{member}", if index == 0 { "" } else { "| " }));
                }
            },
            ")",
        );
    }

    /// Whether `None` in a field stands for a choice that is there and holds a null pointer, as well as for one that is not
    /// there: the selector tells.
    pub(super) fn is_nullable(&self, arm: &'m Arm) -> bool {
        matches!(self.shapes.shape(&arm.field), Shape::Pointer { required: false, .. })
    }

    /// The conditions of a switch's arms: an expression and the names of what it asks for; the last may be none, for
    /// "always". `selector` is an expression for an integer.
    pub(super) fn conditions(&self, switch: &Switch, selector: &str) -> Vec<(Option<String>, String)> {
        let list = &self.model[switch.selector_type];
        let flags = self.shapes.is_flags(switch.selector_type);
        let mut all = Vec::new();
        for arm in &switch.arms {
            if arm.labels.contains(&Label::Default) {
                all.push((None, String::new()));
                break;
            }
            let labels = arm.labels.iter().filter_map(|label| match *label {
                Label::Item { item, negated } => Some((list.items.get(item)?, negated)),
                Label::Default => None,
            });
            let labels: Vec<_> = labels.collect();
            let named = labels
                .iter()
                .map(|(item, negated)| format!("{}{}", if *negated { "not " } else { "" }, item.name));
            let named = named.collect::<Vec<_>>().join(", ");
            let numbers: Vec<String> = labels.iter().map(|(item, _)| item.value.to_string()).collect();
            let condition = if flags {
                let parts = labels.iter().map(|(item, negated)| {
                    let mask = 1_u64.checked_shl(item.value).unwrap_or(0);
                    format!("{}{selector} & 0x{mask:X}", if *negated { "not " } else { "" })
                });
                parts.collect::<Vec<_>>().join(" or ")
            } else if let [number] = numbers.as_slice() {
                format!("{selector} == {number}")
            } else {
                format!("{selector} in ({})", numbers.join(", "))
            };
            all.push((Some(condition), named));
        }
        all
    }

    /// An `if` for each arm that can be chosen. `arm` prints what is done, `otherwise` what is done where none is.
    pub(super) fn branches(
        &self,
        out: &mut Text,
        switch: &'m Switch,
        selector: &str,
        mut arm: impl FnMut(&mut Text, usize, &'m Arm),
        otherwise: Option<&dyn Fn(&mut Text)>,
    ) {
        let mut word = "if";
        let mut always = false;
        for (index, (condition, named)) in self.conditions(switch, selector).into_iter().enumerate() {
            let Some(member) = switch.arms.get(index) else { continue };
            match condition {
                Some(condition) => out.line(&format!("{word} {condition}:  # {named}")),
                None if index == 0 => {
                    arm(out, index, member);
                    return;
                }
                None => {
                    always = true;
                    out.line("else:");
                }
            }
            out.indented(|out| arm(out, index, member));
            word = "elif";
        }
        if let Some(otherwise) = otherwise.filter(|_| !always) {
            let text = part(|out| otherwise(out));
            let rest = text
                .strip_prefix("if ")
                .filter(|rest| rest.lines().skip(1).all(|line| line.starts_with(' ')));
            match rest {
                Some(rest) => out.lines(&format!("elif {rest}")),
                None => {
                    out.line("else:");
                    out.indented(|out| out.lines(&text));
                }
            }
        }
    }

    /// The selector as an integer, from the fields of a value called `first`, such as `self`.
    pub(super) fn selector_of(&self, id: StructId, switch: &Switch, first: &str) -> String {
        let mut path = first.to_owned();
        let mut fields = &self.model[id].fields;
        for &index in &switch.selector {
            let Some(field) = fields.get(index) else { break };
            path = format!("{path}.{}", self.name(field));
            if let Type::Struct(id) = field.ty {
                fields = &self.model[id].fields;
            }
        }
        if self.shapes.is_flags(switch.selector_type) { format!("int({path})") } else { path }
    }

    /// How many elements a length asks for; none for arrays that end with the message or with a zero byte. `value` prints
    /// a field of the structure.
    pub(super) fn count(
        &self,
        scope: &Scope<'_>,
        id: StructId,
        length: Length,
        value: &dyn Fn(&'m Field) -> String,
    ) -> Option<String> {
        let number = |reference: FieldRef| {
            let (field, member) = self.shapes.referred(&self.model[id], reference)?;
            let path = value(field);
            Some(match &field.ty {
                Type::Switch(switch) if optional(switch).is_some() => format!("({path} or 0)"),
                Type::Switch(_) => {
                    let (_, classes) = self.names.switch(id, reference.field)?;
                    let (class, name) = (classes.get(reference.arm?)?, field_name(&member.name));
                    format!("({path}.{name} if isinstance({path}, {class}) else 0)")
                }
                _ if field.condition.is_some() => format!("({path} or 0)"),
                _ => path,
            })
        };
        match length {
            Length::Constant(count) => Some(count.to_string()),
            Length::Field(reference) => number(reference),
            Length::ImageSize { bits_per_pixel, width, height } => {
                let size = scope.wire("image_size");
                Some(format!("{size}({bits_per_pixel}, {}, {})", number(width)?, number(height)?))
            }
            Length::Rest | Length::CString => None,
        }
    }

    /// Whether the arms of a switch print anything at all for a shape.
    pub(super) fn arm_shapes(&self, switch: &'m Switch) -> impl Iterator<Item = Shape<'m>> {
        switch.arms.iter().map(|arm| self.shapes.shape(&arm.field))
    }
}

/// Text without a structure around it, for parts that are put together later.
pub(super) fn part(print: impl FnOnce(&mut Text)) -> String {
    let mut out = text();
    print(&mut out);
    out.finish()
}
