//! References between the fields of one structure: lengths of arrays and selectors of switches.
//!
//! Both name an earlier member. A length may also be the member of an arm of an earlier switch; then the array has
//! to stand in an arm that is chosen only when that one is.

use std::collections::HashMap;
use std::collections::HashSet;

use super::Capability;
use super::EnumId;
use super::EnumKind;
use super::Field;
use super::FieldRef;
use super::Int;
use super::Label;
use super::Length;
use super::Role;
use super::Type;
use super::builder::Builder;
use super::naming;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;

/// The members of a structure by name, while it is being built.
#[derive(Default)]
pub(super) struct Scope<'a> {
    /// All names, those of later members included.
    all: HashSet<&'a str>,
    /// Position of each field so far.
    direct: HashMap<&'a str, usize>,
    /// Members of arms of switches so far.
    arms: HashMap<&'a str, Vec<FieldRef>>,
    /// Names of members that were refused.
    refused: HashSet<&'a str>,
    refused_arms: bool,
}

/// Under which condition an array is there.
#[derive(Clone, Copy, Default)]
pub(super) struct User<'u> {
    /// Its `@if`.
    pub(super) condition: Option<Capability>,
    /// Its arm, where it stands in one.
    pub(super) arm: Option<ArmUser<'u>>,
}

/// An arm that uses an earlier field.
#[derive(Clone, Copy)]
pub(super) struct ArmUser<'u> {
    /// Selector of its switch.
    pub(super) selector: &'u [usize],
    /// Its labels.
    pub(super) labels: &'u [Label],
    /// The labels of the arms in front of it.
    pub(super) before: &'u [Label],
    /// The selector or the labels were refused.
    pub(super) refused: bool,
}

impl<'a> Scope<'a> {
    /// The names of a structure, with no field yet.
    pub(super) fn new(structure: &'a ast::Struct) -> Self {
        let mut all = HashSet::new();
        for member in &structure.members {
            match member {
                ast::Member::Variable(variable) => _ = all.insert(variable.name.name.as_str()),
                ast::Member::Switch(switch) => {
                    all.insert(switch.name.name.as_str());
                    all.extend(switch.cases.iter().map(|case| case.variable.name.name.as_str()));
                }
            }
        }
        Self { all, ..Self::default() }
    }

    /// A member has become a field.
    pub(super) fn add(&mut self, member: &'a ast::Member, position: usize) {
        self.direct.entry(name(member)).or_insert(position);
    }

    /// A member has become that of an arm.
    pub(super) fn add_arm(&mut self, variable: &'a ast::Variable, field: usize, arm: usize) {
        self.arms.entry(&variable.name.name).or_default().push(FieldRef { field, arm: Some(arm) });
    }

    /// A member was refused.
    pub(super) fn refuse(&mut self, member: &'a ast::Member) {
        self.refused.insert(name(member));
    }

    /// The member of an arm was refused.
    pub(super) fn refuse_arm(&mut self, variable: &'a ast::Variable) {
        self.refused.insert(&variable.name.name);
        self.refused_arms = true;
    }

    /// Whether the member of an arm was refused.
    pub(super) fn refused_arms(&self) -> bool {
        self.refused_arms
    }
}

fn name(member: &ast::Member) -> &str {
    match member {
        ast::Member::Variable(variable) => &variable.name.name,
        ast::Member::Switch(switch) => &switch.name.name,
    }
}

/// What to do about a selector of another type: the fields in front that would do, or a type for it.
fn could_select(selector: &Field, fields: &[Field]) -> String {
    let fitting = fields.iter().filter(|field| {
        matches!(field.ty, Type::Enum(_))
            && field.condition.is_none()
            && !matches!(field.role, Role::Zero | Role::Virtual(_))
    });
    let names: Vec<&str> = fitting.map(|field| field.name.as_str()).collect();
    match (names.as_slice(), &selector.ty) {
        ([], Type::Int(int)) if int.bits <= 32 => {
            format!("name its values in an `enum{}` or `flags{}`, and give it that type", int.bits, int.bits)
        }
        ([], _) => "a switch needs a field of such a type in front of it".to_owned(),
        ([name], _) => format!("in front of it, `{name}` is one"),
        (names, _) => format!("in front of it, {} are", naming::listed(names)),
    }
}

impl<'a> Builder<'a> {
    /// The length of an array.
    pub(super) fn length(
        &mut self,
        size: &ast::ArraySize,
        scope: &Scope<'a>,
        fields: &[Field],
        user: &User<'_>,
    ) -> Option<Length> {
        Some(match size {
            ast::ArraySize::Rest(_) => Length::Rest,
            ast::ArraySize::CString(_) => Length::CString,
            ast::ArraySize::Constant(count) => match u64::try_from(count.value) {
                Ok(count) => Length::Constant(count),
                Err(_) => {
                    let message = format!("an array cannot have {} elements", count.value);
                    self.found.push(Diagnostic::new(Code::ArrayLength, count.span, message));
                    return None;
                }
            },
            ast::ArraySize::Field(name) => Length::Field(self.count(name, scope, fields, user)?),
            ast::ArraySize::ImageSize { bits_per_pixel, width, height, .. } => {
                let width = self.count(width, scope, fields, user);
                let height = self.count(height, scope, fields, user);
                let bits = u64::try_from(bits_per_pixel.value).ok().filter(|bits| (1..=64).contains(bits));
                let Some(bits_per_pixel) = bits else {
                    let message = format!("a pixel cannot have {} bits", bits_per_pixel.value);
                    let label = "1 to 64 bits";
                    self.found.push(
                        Diagnostic::new(Code::ImageSizeBits, bits_per_pixel.span, message).label(label),
                    );
                    return None;
                };
                Length::ImageSize { bits_per_pixel, width: width?, height: height? }
            }
        })
    }

    /// The field that an array's length names.
    fn count(
        &mut self,
        name: &ast::Ident,
        scope: &Scope<'a>,
        fields: &[Field],
        user: &User<'_>,
    ) -> Option<FieldRef> {
        let text = name.name.as_str();
        if let Some(&position) = scope.direct.get(text) {
            let field = fields.get(position)?;
            let reference = FieldRef { field: position, arm: None };
            return self.check_count(name, field, user).then_some(reference);
        }
        if scope.refused.contains(text) {
            return None;
        }
        match scope.arms.get(text).map(Vec::as_slice) {
            Some([reference]) => {
                let Type::Switch(switch) = &fields.get(reference.field)?.ty else { return None };
                let position = reference.arm?;
                let arm = switch.arms.get(position)?;
                if !self.check_count(name, &arm.field, user) {
                    return None;
                }
                let before = switch.arms.iter().take(position).flat_map(|arm| arm.labels.iter().copied());
                let covered = user.arm.is_some_and(|user| {
                    user.refused
                        || (user.selector == switch.selector
                            && subset(user.labels.iter().copied(), arm.labels.iter().copied())
                            && subset(before, user.before.iter().copied()))
                });
                if !covered {
                    let message = format!(
                        "`{text}` is only there in a case of `{}`",
                        fields.get(reference.field)?.name
                    );
                    let help = "put the array into a switch with the same selector and the same cases";
                    self.found.push(
                        Diagnostic::new(Code::CountAbsent, name.span, message)
                            .secondary(arm.field.span, "this is not always on the wire")
                            .help(help),
                    );
                    return None;
                }
                Some(*reference)
            }
            Some([_, ..]) => {
                let message = format!("several cases have a member `{text}`");
                let help = "give the length that is meant a name of its own";
                self.found.push(Diagnostic::new(Code::AmbiguousCount, name.span, message).help(help));
                None
            }
            _ if scope.all.contains(text) => {
                let message = format!("`{text}` stands behind the array whose length it is");
                let help = "move it in front of the array: a reader has to know the length first";
                self.found.push(Diagnostic::new(Code::CountLater, name.span, message).help(help));
                None
            }
            _ => {
                let message = format!("there is no field `{text}` in this structure");
                let diagnostic =
                    Diagnostic::new(Code::UnknownCount, name.span, message).label("length of the array");
                let known = scope.direct.keys().copied();
                let there = "the fields in front of it are";
                self.found.push(naming::suggest_or_list(diagnostic, text, known, self.found.len(), there));
                None
            }
        }
    }

    /// Whether a field can be a length.
    fn check_count(&mut self, name: &ast::Ident, field: &Field, user: &User<'_>) -> bool {
        let diagnostic = match (&field.ty, &field.role) {
            (_, Role::Zero | Role::Virtual(_)) => {
                let message = format!("`{}` has no value on the wire", name.name);
                Diagnostic::new(Code::CountAbsent, name.span, message)
            }
            (Type::Int(Int { signed: false, .. }), _) => {
                if same_condition(field.condition, user.condition) {
                    return true;
                }
                let message = format!("`{}` is only there when a capability holds", name.name);
                Diagnostic::new(Code::CountAbsent, name.span, message).help("give the array the same `@if`")
            }
            _ => {
                let message = format!("`{}` is not an unsigned integer", name.name);
                Diagnostic::new(Code::CountType, name.span, message)
            }
        };
        self.found.push(diagnostic.secondary(field.span, "defined here"));
        false
    }

    /// The selector of a switch: the way to it, and its type.
    pub(super) fn selector(
        &mut self,
        switch: &ast::Switch,
        scope: &Scope<'a>,
        fields: &[Field],
    ) -> Option<(Vec<usize>, EnumId)> {
        let Some((first, rest)) = switch.selector.split_first() else {
            let message = format!("the switch `{}` has no selector", switch.name.name);
            self.found.push(Diagnostic::new(Code::UnknownSelector, switch.name.span, message));
            return None;
        };
        let Some(&position) = scope.direct.get(first.name.as_str()) else {
            if !scope.refused.contains(first.name.as_str()) {
                self.no_selector(first, scope);
            }
            return None;
        };
        let mut path = vec![position];
        let mut field = fields.get(position)?.clone();
        let mut name = first;
        for step in rest {
            self.check_selector_present(name, &field)?;
            let Type::Struct(id) = field.ty else {
                let message = format!("`{}` is not a structure", name.name);
                self.found.push(Diagnostic::new(Code::SelectorType, name.span, message));
                return None;
            };
            let inner = self.model.structs.get(id.0)?;
            let Some(position) = inner.fields.iter().position(|field| field.name == step.name) else {
                if self.facts.get(id.0).is_some_and(|facts| !facts.broken) {
                    let message = format!("`{}` has no field `{}`", inner.name, step.name);
                    let diagnostic = Diagnostic::new(Code::UnknownSelector, step.span, message);
                    let known = inner.fields.iter().map(|field| field.name.as_str());
                    let there = "its fields are";
                    let found = self.found.len();
                    self.found.push(naming::suggest_or_list(diagnostic, &step.name, known, found, there));
                }
                return None;
            };
            path.push(position);
            field = inner.fields.get(position)?.clone();
            name = step;
        }
        self.check_selector_present(name, &field)?;
        let Type::Enum(id) = field.ty else {
            let message = format!("`{}` is neither an enumeration nor a flag set", name.name);
            self.found.push(
                Diagnostic::new(Code::SelectorType, name.span, message)
                    .secondary(field.span, "defined here")
                    .help(could_select(&field, fields)),
            );
            return None;
        };
        Some((path, id))
    }

    fn no_selector(&mut self, name: &ast::Ident, scope: &Scope<'a>) {
        let text = name.name.as_str();
        if scope.arms.contains_key(text) {
            let message = format!("`{text}` is only there in a case of a switch");
            self.found.push(Diagnostic::new(Code::SelectorAbsent, name.span, message));
        } else if scope.all.contains(text) {
            let message = format!("`{text}` stands behind the switch that it selects for");
            let help = "move it in front of the switch: a reader has to know it first";
            self.found.push(Diagnostic::new(Code::SelectorLater, name.span, message).help(help));
        } else {
            let message = format!("there is no field `{text}` in this structure");
            let diagnostic = Diagnostic::new(Code::UnknownSelector, name.span, message).label("selector");
            let known = scope.direct.keys().copied();
            let there = "the fields in front of it are";
            self.found.push(naming::suggest_or_list(diagnostic, text, known, self.found.len(), there));
        }
    }

    fn check_selector_present(&mut self, name: &ast::Ident, field: &Field) -> Option<()> {
        if field.condition.is_none() && !matches!(field.role, Role::Zero | Role::Virtual(_)) {
            return Some(());
        }
        let message = match field.condition {
            Some(_) => format!("`{}` is only there when a capability holds", name.name),
            None => format!("`{}` has no value on the wire", name.name),
        };
        self.found.push(
            Diagnostic::new(Code::SelectorAbsent, name.span, message).secondary(field.span, "defined here"),
        );
        None
    }

    /// The labels of an arm; `seen` are those of the switch so far.
    pub(super) fn labels(
        &mut self,
        labels: &[ast::Label],
        selector_type: EnumId,
        seen: &mut HashSet<Label>,
    ) -> Option<Vec<Label>> {
        let mut lowered = Vec::new();
        for label in labels {
            let (label, span, text) = match label {
                ast::Label::Default(span) => (Some(Label::Default), *span, "default"),
                ast::Label::Case { negated, name } => {
                    (self.case_item(name, *negated, selector_type), name.span, name.name.as_str())
                }
            };
            let label = label?;
            if seen.contains(&Label::Default) && label != Label::Default {
                let message = format!("`{text}` is never chosen, since `default` stands in front of it");
                let help = "cases are tried from top to bottom: put `default` last";
                self.found.push(Diagnostic::new(Code::UnreachableCase, span, message).help(help));
                return None;
            }
            if !seen.insert(label) {
                let message = format!("`{text}` has a case already");
                self.found.push(Diagnostic::new(Code::UnreachableCase, span, message).label("never chosen"));
                return None;
            }
            lowered.push(label);
        }
        (!lowered.is_empty()).then_some(lowered)
    }

    fn case_item(&mut self, name: &ast::Ident, negated: bool, selector_type: EnumId) -> Option<Label> {
        let list = self.model.enums.get(selector_type.0)?;
        let items = self.items.get(selector_type.0)?;
        let Some(&item) = items.get(name.name.as_str()) else {
            let message = format!("`{}` has no item `{}`", list.name, name.name);
            let diagnostic = Diagnostic::new(Code::UnknownCase, name.span, message);
            let known = items.keys().copied();
            let there = "its items are";
            self.found.push(naming::suggest_or_list(diagnostic, &name.name, known, self.found.len(), there));
            return None;
        };
        if negated && list.kind == EnumKind::Enum {
            let message = format!("`{}` has values, of which one holds: `!` has no meaning", list.name);
            let help = "use `default`, or list the other values";
            self.found.push(Diagnostic::new(Code::NegatedCase, name.span, message).help(help));
            return None;
        }
        Some(Label::Item { item, negated })
    }
}

fn subset(small: impl Iterator<Item = Label>, large: impl Iterator<Item = Label>) -> bool {
    let large: HashSet<Label> = large.collect();
    let mut small = small;
    small.all(|label| large.contains(&label))
}

/// Whether what needs `a` is there wherever what needs `b` is.
fn same_condition(a: Option<Capability>, b: Option<Capability>) -> bool {
    a.is_none() || a == b
}
