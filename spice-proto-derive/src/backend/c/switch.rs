//! What reading and writing of switches share: the choice of an arm, counts, and ways through a structure.

use std::collections::HashSet;

use super::C;
use super::types::otherwise;
use crate::backend::shape::{Shape, optional};
use crate::backend::text::Text;
use crate::model::{Arm, Field, FieldRef, Int, Label, Length, Struct, Switch, Type};

impl<'m> C<'m> {
    /// The function that chooses a member by the selector.
    pub(super) fn choice(&self, text: &mut Text, name: &str, switch: &'m Switch) {
        let (kind, function) = (self.of(name, "kind"), self.of(name, "kind_of"));
        let selector = self.enum_name(&self.model[switch.selector_type]);
        text.line("/** The kind that a selector chooses. */");
        text.line(&format!("static inline {kind} {function}({selector} selector)"));
        text.line("{");
        text.indented(|text| self.choose(text, name, switch));
        text.line("}");
        text.line("");
    }

    fn choose(&self, text: &mut Text, name: &str, switch: &'m Switch) {
        let flags = self.shapes.is_flags(switch.selector_type);
        let mut seen = HashSet::new();
        if !flags {
            text.line("switch (selector) {");
        }
        let mut fallback = otherwise(switch).map(|(word, _)| self.constant_of(name, word));
        for arm in &switch.arms {
            let constant = self.arm_constant(name, switch, arm);
            if arm.labels.contains(&Label::Default) {
                fallback = Some(constant);
                break;
            }
            if flags {
                text.line(&format!("if ({}) {{", self.condition(switch, &arm.labels, "selector")));
                text.indented(|text| text.line(&format!("return {constant};")));
                text.line("}");
                continue;
            }
            // A value that an arm before has taken is no label in C.
            let labels: Vec<usize> = arm.labels.iter().filter_map(|label| item_of(*label)).collect();
            let new: Vec<usize> = labels.into_iter().filter(|item| seen.insert(*item)).collect();
            let Some((last, before)) = new.split_last() else { continue };
            let list = &self.model[switch.selector_type];
            before.iter().for_each(|item| text.line(&format!("case {}:", self.item_name(list, *item))));
            text.line(&format!("case {}: return {constant};", self.item_name(list, *last)));
        }
        let fallback = fallback.unwrap_or_default();
        if flags {
            if switch.arms.first().is_some_and(|arm| arm.labels.contains(&Label::Default)) {
                text.line("(void)selector;");
            }
            text.line(&format!("return {fallback};"));
        } else {
            text.line(&format!("default: return {fallback};"));
            text.line("}");
        }
    }

    /// Whether one of these labels holds.
    fn condition(&self, switch: &'m Switch, labels: &[Label], selector: &str) -> String {
        if labels.contains(&Label::Default) {
            return "true".to_owned();
        }
        let flags = self.shapes.is_flags(switch.selector_type);
        let list = &self.model[switch.selector_type];
        let one = |label: &Label| match *label {
            Label::Item { item, negated } if flags => {
                let sign = if negated { "==" } else { "!=" };
                format!("({selector} & {}) {sign} 0", self.item_name(list, item))
            }
            Label::Item { item, .. } => format!("{selector} == {}", self.item_name(list, item)),
            Label::Default => String::new(),
        };
        labels.iter().map(one).collect::<Vec<_>>().join(" || ")
    }

    /// Whether the member of a switch that may be absent is chosen.
    pub(super) fn is_chosen(&self, item: &'m Struct, switch: &'m Switch, owner: &str) -> String {
        let labels = optional(switch).map_or(&[][..], |arm| arm.labels.as_slice());
        self.condition(switch, labels, &self.selector(item, switch, owner))
    }

    /// A statement for each arm, by the kind of the member.
    pub(super) fn by_kind(
        &self,
        text: &mut Text,
        name: &str,
        switch: &'m Switch,
        kind: &str,
        arm: impl Fn(&mut Text, &'m Arm),
    ) {
        self.by_kind_or(text, name, switch, kind, "", arm);
    }

    /// The same, with lines for what no arm is chosen.
    pub(super) fn by_kind_or(
        &self,
        text: &mut Text,
        name: &str,
        switch: &'m Switch,
        kind: &str,
        other: &str,
        arm: impl Fn(&mut Text, &'m Arm),
    ) {
        text.line(&format!("switch ({kind}) {{"));
        for each in &switch.arms {
            text.line(&format!("case {}:", self.arm_constant(name, switch, each)));
            text.indented(|text| {
                arm(text, each);
                text.line("break;");
            });
        }
        if let Some((word, _)) = otherwise(switch) {
            text.line(&format!("case {}:", self.constant_of(name, word)));
            text.indented(|text| {
                text.lines(other);
                text.line("break;");
            });
        }
        text.line("}");
    }

    /// The selector of a switch, in the structure that `owner` points to.
    pub(super) fn selector(&self, item: &'m Struct, switch: &'m Switch, owner: &str) -> String {
        let mut path = String::new();
        let mut fields = &item.fields;
        for (step, &index) in switch.selector.iter().enumerate() {
            let Some(field) = fields.get(index) else { break };
            let name = self.field_name(field);
            path = if step == 0 { format!("{owner}->{name}") } else { format!("{path}.{name}") };
            if let Type::Struct(id) = field.ty {
                fields = &self.model[id].fields;
            }
        }
        path
    }

    /// The number of elements that a length asks for, from the structure that `owner` points to; `counted` prints what has
    /// no member there. `None` for arrays that end with the message or with a zero byte.
    pub(super) fn count(
        &self,
        item: &'m Struct,
        length: Length,
        owner: &str,
        counted: &dyn Fn(&'m Field) -> String,
    ) -> Option<String> {
        let of = |reference: FieldRef| {
            let (field, _) = self.shapes.referred(item, reference)?;
            let path = format!("{owner}->{}", self.field_name(field));
            let Type::Switch(switch) = &field.ty else {
                let is_count = matches!(self.shapes.shape(field), Shape::Count(_));
                return Some(if is_count { counted(field) } else { path });
            };
            if optional(switch).is_some() {
                return Some(format!("({owner}->{} ? {path} : 0u)", self.has_name(item, field)));
            }
            let arm = switch.arms.get(reference.arm?)?;
            let (name, member) = (self.switch_name(item, field), self.arm_member(switch, arm));
            let constant = self.arm_constant(&name, switch, arm);
            Some(format!("({path}.kind == {constant} ? {path}.u.{member} : 0u)"))
        };
        match length {
            Length::Constant(count) => Some(super::number(count)),
            Length::Field(reference) => of(reference),
            Length::ImageSize { bits_per_pixel, width, height } => Some(format!(
                "{}({}, {}, {})",
                self.rt("image_size"),
                super::number(bits_per_pixel),
                of(width)?,
                of(height)?
            )),
            Length::Rest | Length::CString => None,
        }
    }

    /// The condition that a value is outside of its range; none where its type allows nothing else.
    pub(super) fn outside(&self, field: &Field, value: &str) -> Option<String> {
        let (min, max) = field.range?;
        let Type::Int(int) = &field.ty else { return None };
        let (least, most) = int.range();
        let low = (min > least).then(|| format!("{value} < {}", limit(min, *int)));
        let high = (max < most).then(|| format!("{value} > {}", limit(max, *int)));
        match (low, high) {
            (Some(low), Some(high)) => Some(format!("{low} || {high}")),
            (low, high) => low.or(high),
        }
    }
}

fn item_of(label: Label) -> Option<usize> {
    match label {
        Label::Item { item, .. } => Some(item),
        Label::Default => None,
    }
}

/// A bound of a range, with a type that compares without a change of sign.
fn limit(value: i128, int: Int) -> String {
    match (int.signed, int.bits) {
        (true, 64) if value == i128::from(i64::MIN) => "INT64_MIN".to_owned(),
        (true, 64) => format!("INT64_C({value})"),
        (true, _) if value == i128::from(i32::MIN) => "INT32_MIN".to_owned(),
        (true, _) => value.to_string(),
        (false, 64) => format!("UINT64_C({value})"),
        (false, 32) => format!("{value}u"),
        (false, _) => value.to_string(),
    }
}
