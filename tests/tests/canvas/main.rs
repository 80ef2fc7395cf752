//! The canvas and the pointer, against vectors, captures and plain rules.

mod captures;
mod cursor;
mod rules;
mod vectors;
