//! From the tree to the model: types, structures and their fields, in the order of the file.
//!
//! A field that is refused is left out and its name remembered, so that what refers to it is not reported as well.
//! The structure then counts as broken, and rules about sizes leave alone what uses it.

use std::collections::HashMap;
use std::collections::HashSet;

use super::ByteOrder;
use super::Field;
use super::Model;
use super::Pointer;
use super::PointerTarget;
use super::Role;
use super::Size;
use super::Struct;
use super::StructId;
use super::Type;
use super::attribute;
use super::builder::Builder;
use super::layout;
use super::names;
use super::naming;
use super::reference::Scope;
use super::reference::User;
use super::types::Site;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::source::Span;
use crate::syntax::ast;

/// Builds the model of a description.
pub(super) fn build(description: &ast::Description) -> Result<Model, Diagnostics> {
    let mut builder = Builder::new(description);
    builder.enums();
    builder.enum_capabilities();
    builder.typedefs();
    builder.structs();
    builder.channels();
    builder.protocol();
    builder.common_numbers();
    builder.finish()
}

impl<'a> Builder<'a> {
    fn typedefs(&mut self) {
        for index in 0..self.names.typedefs.len() {
            let Some(def) = self.names.typedefs.get(index) else { continue };
            let (ast, order, inline) = (def.ast, def.order, def.inline.clone());
            let mut site = Site { order, inside: None, inline: inline.iter() };
            self.refuse_attributes(&ast.name, &ast.attributes);
            let target = self.simple(&ast.ty, &mut site);
            self.typedefs.push(target);
        }
    }

    fn structs(&mut self) {
        for index in 0..self.names.structs.len() {
            self.structure(StructId(index));
        }
    }

    fn structure(&mut self, id: StructId) {
        let Some(def) = self.names.structs.get(id.0) else { return };
        let (ast, docs, module, name) = (def.ast, def.docs, def.module, def.name.clone());
        let (order, inline) = (def.order, def.inline.clone());
        let reached = self.reached.structs.get(id.0).copied().unwrap_or(true);
        self.found.unused = (!reached).then(|| name.clone());
        let doubts = self.found.doubts;
        let mut site = Site { order, inside: Some(id), inline: inline.iter() };
        let mut scope = Scope::new(ast);
        let mut fields: Vec<Field> = Vec::new();
        let small = self.check_member_count(ast);
        self.member_names(ast);
        for member in ast.members.iter().filter(|_| small) {
            let field = match member {
                ast::Member::Variable(variable) => {
                    self.variable(variable, &mut site, &scope, &fields, &User::default())
                }
                ast::Member::Switch(switch) => self.switch(switch, &mut site, &mut scope, &fields),
            };
            match field {
                Some(field) => {
                    scope.add(member, fields.len());
                    fields.push(field);
                }
                None => scope.refuse(member),
            }
        }
        layout::place(&mut fields);
        layout::derive_counts(&mut fields);
        let refused = fields.len() < ast.members.len() || scope.refused_arms();
        let mut structure = Struct {
            name,
            module,
            docs: docs.clone(),
            byte_order: if attribute::has(&ast.attributes, "big_endian") {
                ByteOrder::Big
            } else {
                ByteOrder::Little
            },
            exact: attribute::has(&ast.attributes, "exact"),
            since: self.capability(&ast.attributes, "since"),
            fields,
            size: Size { min: 0, fixed: true },
            pointer_depth: 0,
            conditions: None,
            span: ast.span,
        };
        let mut facts = self.measure(&mut structure, ast, refused);
        let mut left_out = self.found.doubts > doubts;
        if !left_out && self.holds_left_out(&structure) {
            let message = format!("`{}` holds something that is left out", structure.name);
            let help = format!("no message leads to `{}`, so that it is left out as well", structure.name);
            self.found.push(Diagnostic::new(Code::UnusedStruct, ast.name.span, message).help(help));
            left_out = true;
        }
        facts.broken |= left_out;
        self.found.unused = None;
        self.model.structs.push(structure);
        self.facts.push(facts);
        self.left_out.push(left_out);
    }

    fn holds_left_out(&self, structure: &Struct) -> bool {
        structure.fields.iter().flat_map(layout::parts).any(|part| {
            let (structure, enumeration) = (layout::held(&part.ty).1, layout::enumeration(&part.ty));
            structure.is_some_and(|id| self.left_out.get(id.0).copied().unwrap_or_default())
                || enumeration.is_some_and(|id| self.enums_left_out.get(id.0).copied().unwrap_or_default())
        })
    }

    /// Members have names of their own; those of arms only inside their switch, since another arm may mean the
    /// same thing in another form.
    fn member_names(&mut self, ast: &'a ast::Struct) {
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut outputs: HashMap<String, (&str, Span)> = HashMap::new();
        for member in &ast.members {
            let name = match member {
                ast::Member::Variable(variable) => &variable.name,
                ast::Member::Switch(switch) => {
                    self.case_names(switch);
                    &switch.name
                }
            };
            naming::valid_name(name, &mut self.found.list);
            if let Some(span) = first.get(name.name.as_str()) {
                let message = format!("there are two members `{}`", name.name);
                self.found.push(
                    Diagnostic::new(Code::DuplicateField, name.span, message)
                        .label("again here")
                        .secondary(*span, "first here"),
                );
                continue;
            }
            first.insert(&name.name, name.span);
            let name = match member {
                ast::Member::Switch(switch) if naming::is_optional(switch) => {
                    switch.cases.first().map_or(name, |case| &case.variable.name)
                }
                _ => name,
            };
            let output = names::rust_field(&name.name);
            if let Some((other, span)) = outputs.get(&output) {
                self.found.push(if *other == name.name {
                    let message = format!("there are two fields `{other}` in the outputs");
                    Diagnostic::new(Code::DuplicateField, name.span, message)
                        .label("a switch with one case is a field with the name of its member")
                        .secondary(*span, "first here")
                } else {
                    naming::same_output(name, other, *span, &output)
                });
            } else {
                outputs.insert(output, (&name.name, name.span));
            }
        }
    }

    /// Cases may share a name, but not two names that are one in the outputs.
    fn case_names(&mut self, switch: &ast::Switch) {
        let mut outputs: HashMap<String, &ast::Ident> = HashMap::new();
        for case in &switch.cases {
            let name = &case.variable.name;
            naming::valid_name(name, &mut self.found.list);
            let output = names::rust_type(&name.name);
            match outputs.get(&output) {
                Some(first) if first.name != name.name => {
                    self.found.push(naming::same_output(name, &first.name, first.span, &output));
                }
                Some(_) => {}
                None => _ = outputs.insert(output, name),
            }
        }
    }

    /// A field, or the member of an arm. `user` says under which condition it is there.
    fn variable(
        &mut self,
        variable: &'a ast::Variable,
        site: &mut Site<'_>,
        scope: &Scope<'a>,
        fields: &[Field],
        user: &User<'_>,
    ) -> Option<Field> {
        let attributes = variable.attributes.as_slice();
        let condition = self.capability(attributes, "if");
        let since = self.capability(attributes, "since");
        let simple = self.simple(&variable.ty, site)?;
        let user = User { condition, ..*user };
        let ty = match (&variable.array, variable.pointer) {
            (None, false) => simple.into(),
            (Some(size), false) => {
                let length = self.length(size, scope, fields, &user)?;
                Type::Array(self.array(variable, simple, length, false)?)
            }
            (None, true) => Type::Pointer(Pointer {
                target: PointerTarget::Struct(self.target(variable, simple)?),
                required: attribute::has(attributes, "nonnull"),
            }),
            (Some(size), true) => {
                let length = self.length(size, scope, fields, &user)?;
                Type::Pointer(Pointer {
                    target: PointerTarget::Array(self.array(variable, simple, length, true)?),
                    required: attribute::has(attributes, "nonnull"),
                })
            }
        };
        let mut field = Field {
            name: variable.name.name.clone(),
            docs: variable.docs.clone(),
            size: layout::size_of(&self.model, &ty).unwrap_or(Size { min: u64::MAX, fixed: false }),
            ty,
            alias: self.alias(&variable.ty),
            offset: None,
            role: Role::Plain,
            range: None,
            max: None,
            since,
            condition,
            sensitive: attribute::has(attributes, "sensitive"),
            text: attribute::has(attributes, "text"),
            span: variable.span,
        };
        self.field_attributes(&mut field, attributes, user.arm.is_some())?;
        Some(field)
    }

    /// A switch with its arms.
    fn switch(
        &mut self,
        switch: &'a ast::Switch,
        site: &mut Site<'_>,
        scope: &mut Scope<'a>,
        fields: &[Field],
    ) -> Option<Field> {
        self.refuse_attributes(&switch.name, &switch.attributes);
        let selector = self.selector(switch, scope, fields);
        let position = fields.len();
        let mut arms: Vec<super::Arm> = Vec::new();
        let mut before = Vec::new();
        let mut seen: HashSet<super::Label> = HashSet::new();
        let mut fine = true;
        for case in &switch.cases {
            let labels = match &selector {
                Some((_, selector_type)) => self.labels(&case.labels, *selector_type, &mut seen),
                None => None,
            };
            let user = User {
                condition: None,
                arm: Some(super::reference::ArmUser {
                    selector: selector.as_ref().map_or(&[], |(path, _)| path.as_slice()),
                    labels: labels.as_deref().unwrap_or(&[]),
                    before: &before,
                    refused: labels.is_none(),
                }),
            };
            let field = self.variable(&case.variable, site, scope, fields, &user);
            let Some((field, labels)) = field.zip(labels) else {
                scope.refuse_arm(&case.variable);
                fine = false;
                continue;
            };
            before.extend_from_slice(&labels);
            arms.push(super::Arm { labels, field });
        }
        if switch.cases.is_empty() {
            let message = format!("the switch `{}` has no cases", switch.name.name);
            self.found.push(Diagnostic::new(Code::EmptySwitch, switch.name.span, message));
        }
        for (arm, case) in switch.cases.iter().enumerate().filter(|_| fine) {
            scope.add_arm(&case.variable, position, arm);
        }
        let (selector, selector_type) = selector?;
        let fixed_size = self.switch_size(switch, &arms);
        let ty = Type::Switch(super::Switch { selector, selector_type, arms, fixed_size });
        let since = self.capability(&switch.attributes, "since");
        (fine && !switch.cases.is_empty()).then(|| Field {
            name: switch.name.name.clone(),
            docs: switch.docs.clone(),
            size: layout::size_of(&self.model, &ty).unwrap_or(Size { min: u64::MAX, fixed: false }),
            ty,
            alias: None,
            offset: None,
            role: Role::Plain,
            range: None,
            max: None,
            since,
            condition: None,
            sensitive: attribute::has(&switch.attributes, "sensitive"),
            text: false,
            span: switch.span,
        })
    }
}
