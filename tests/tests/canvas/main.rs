//! The canvas and the pointer, against vectors, captures and plain rules.

mod allocation;
mod captures;
mod composite_rules;
mod cursor;
mod damage;
mod rules;
mod screens;
mod stroke_rules;
mod test_canvas;
mod text_rules;
mod vectors;
