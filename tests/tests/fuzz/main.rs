//! The fuzz kit: what it makes up, what it breaks, sessions, and the program `spice-fuzz`.

mod rules;
mod sessions;
