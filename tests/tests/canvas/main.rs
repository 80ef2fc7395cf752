//! The canvas and the pointer, against vectors, captures and plain rules.

mod captures;
mod composite_rules;
mod cursor;
mod paper;
mod stroke_rules;
mod text_rules;
mod vectors;
