//! The examples, run as people run them. Those that are packages of their own have their tests beside them.

mod minimal_server;
mod moving_square;
mod read_a_capture;
