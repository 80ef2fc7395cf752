//! Both ends of channels, sessions and agents: joined in memory, and against what real peers sent.

mod corpus;
mod idle;
mod pair;
mod recorded;
