//! The canvas and the pointer, against vectors, captures and plain rules.

mod cursor;
