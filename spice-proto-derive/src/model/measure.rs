//! What follows from the fields of a structure: its size, depth of pointers, conditions; and how large it may be.
//!
//! All numbers are computed in 64 bits with checks. A structure whose size does not fit is refused.

use super::Array;
use super::EnumId;
use super::Field;
use super::Length;
use super::Size;
use super::Struct;
use super::Type;
use super::builder::Builder;
use super::builder::Facts;
use super::layout;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;

impl Builder<'_> {
    /// Refuses a structure with more members than fields are allowed before looking at any of them.
    pub(super) fn check_member_count(&mut self, ast: &ast::Struct) -> bool {
        let members = ast.members.iter().map(|member| match member {
            ast::Member::Variable(_) => 1,
            ast::Member::Switch(switch) => switch.cases.len(),
        });
        let count = members.fold(0, usize::saturating_add);
        let small = u64::try_from(count).is_ok_and(|count| count <= Facts::FIELDS);
        if !small {
            let message = format!("`{}` has {count} fields", ast.name.name);
            self.found.push(Diagnostic::new(Code::StructTooLarge, ast.name.span, message));
        }
        small
    }

    /// Fills in what follows from the fields of a structure, and refuses it if it is too large.
    pub(super) fn measure(&mut self, structure: &mut Struct, ast: &ast::Struct, refused: bool) -> Facts {
        let mut facts = Facts { broken: refused, level: 1, ..Facts::default() };
        let mut size = Some(Size { min: 0, fixed: true });
        let mut depth = 0;
        let mut conditions = None;
        for field in &structure.fields {
            size = size.and_then(|size| {
                let min = size.min.checked_add(field.size.min)?;
                Some(Size { min, fixed: size.fixed && field.size.fixed })
            });
            for part in layout::parts(field) {
                let (steps, child) = layout::held(&part.ty);
                facts.fields = facts.fields.saturating_add(1);
                facts.rest |= is_rest(&part.ty);
                facts.can_fail |= part.range.is_some() || matches!(part.ty, Type::Pointer(_));
                self.add_condition(&mut conditions, part.condition.map(|capability| capability.list), part);
                let Some(child) = child else {
                    depth = depth.max(steps);
                    continue;
                };
                if let (Some(inner), Some(known)) = (self.model.structs.get(child.0), self.facts.get(child.0))
                {
                    depth = depth.max(steps + inner.pointer_depth);
                    facts.broken |= known.broken;
                    facts.can_fail |= known.can_fail;
                    facts.rest |= known.rest && matches!(part.ty, Type::Struct(_));
                    facts.level = facts.level.max(known.level.saturating_add(1));
                    facts.fields = facts.fields.saturating_add(known.fields);
                    let inner_conditions = inner.conditions;
                    self.add_condition(&mut conditions, inner_conditions, part);
                }
            }
        }
        structure.pointer_depth = depth;
        structure.conditions = conditions;
        match size.filter(|size| size.min < Facts::BYTES) {
            Some(size) if facts.fields <= Facts::FIELDS => structure.size = size,
            size => {
                let message = match size {
                    None => format!("`{}` takes 4 GiB or more", structure.name),
                    Some(_) => {
                        format!("`{}` has {} fields, those it holds included", structure.name, facts.fields)
                    }
                };
                self.found.push(Diagnostic::new(Code::StructTooLarge, ast.name.span, message));
                facts = Facts { broken: true, fields: 0, ..facts };
            }
        }
        if facts.level > Facts::LEVELS {
            let message =
                format!("`{}` has more than {} structures in each other", structure.name, Facts::LEVELS);
            self.found.push(Diagnostic::new(Code::StructsTooDeep, ast.name.span, message));
            facts = Facts { broken: true, level: 0, ..facts };
        }
        self.check_struct(structure, ast, facts);
        facts
    }

    fn add_condition(&mut self, conditions: &mut Option<EnumId>, list: Option<EnumId>, field: &Field) {
        let Some(list) = list else { return };
        let first = *conditions.get_or_insert(list);
        if first != list {
            let name = |id: EnumId| self.model.enums.get(id.0).map_or("", |list| list.name.as_str());
            let message = format!(
                "`{}` depends on capabilities of `{}`, fields before it on `{}`",
                field.name,
                name(list),
                name(first)
            );
            let help = "a message is read with one list of capabilities";
            self.found.push(Diagnostic::new(Code::ConditionLists, field.span, message).help(help));
        }
    }
}

fn is_rest(ty: &Type) -> bool {
    matches!(ty, Type::Array(Array { length: Length::Rest, .. }))
}
