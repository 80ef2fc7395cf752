//! Both ends of channels, sessions and agents: joined in memory, and against what real peers sent.

mod agent;
mod agent_tokens;
mod agent_vectors;
mod corpus;
mod idle;
mod migration;
mod openings;
mod pair;
mod recorded;
mod sense;
mod slow_line;
#[path = "../shared/unix_socket.rs"]
mod socket;
mod unix_socket;
mod visit;
