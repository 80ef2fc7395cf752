//! Why a channel ends, and why something was not done.

use core::fmt;

use crate::agent::AgentSendError;
use crate::channel::SendError;
use crate::wire::Error;

/// Why a channel has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// What the client sent cannot be read, or is more than the limits allow.
    Received(Error),
    /// What is to be answered cannot be sent.
    Send(SendError),
    /// What the agent is to answer cannot be sent.
    Agent(AgentSendError),
    /// The client does not read: for [`VisitConfig::patience`](super::VisitConfig::patience) it has not acknowledged messages,
    /// or not answered a PING.
    Silent,
}

/// Why something was not done. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VisitError {
    /// The client has no such channel.
    NoChannel,
    /// More than 1 MiB waits to be written to the client: sound is left out then.
    Busy,
    /// The message cannot be sent.
    Send(SendError),
    /// The agent's message cannot be sent.
    Agent(AgentSendError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
            Self::Agent(error) => error.fmt(f),
            Self::Silent => f.write_str("the client neither acknowledges nor answers"),
        }
    }
}

impl core::error::Error for Failure {}

impl From<AgentSendError> for Failure {
    fn from(error: AgentSendError) -> Self {
        Self::Agent(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Received(error)
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        Self::Send(error)
    }
}

impl fmt::Display for VisitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoChannel => f.write_str("the client has no such channel"),
            Self::Busy => f.write_str("the client does not read what it is sent"),
            Self::Send(error) => error.fmt(f),
            Self::Agent(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for VisitError {}

impl From<SendError> for VisitError {
    fn from(error: SendError) -> Self {
        Self::Send(error)
    }
}

impl From<AgentSendError> for VisitError {
    fn from(error: AgentSendError) -> Self {
        Self::Agent(error)
    }
}
