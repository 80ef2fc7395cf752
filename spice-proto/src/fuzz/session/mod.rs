//! Whole sessions: what one end sends on all its channels, so that it makes sense.
//!
//! A [`Session`] is a list of steps, and each step is a seed. [`Session::messages`] carries them out against the state that
//! the steps before have left: surfaces that exist, streams that have started, what lies in the caches, the window of
//! GLZ pictures. A step that finds nothing to work on does something else or nothing. So any part of a session is a
//! session again ([`Session::without`]), with numbers, pictures and windows that fit: that is how it shrinks.
//!
//! ```
//! use spice_proto::fuzz::{Random, Session};
//! use spice_proto::{ChannelType, Origin};
//!
//! let channels = [ChannelType::DISPLAY, ChannelType::CURSOR];
//! let session = Session::new(Origin::Server, &channels, 40, &mut Random::new(1));
//! let half = session.without(0..20);
//! assert!(half.messages().len() < session.messages().len());
//! ```

mod images;
mod screen;
mod user;

use core::ops::Range;

use super::random::Random;
use crate::{ChannelType, Origin};

/// What one end of a session sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    from: Origin,
    channels: Vec<ChannelType>,
    steps: Vec<u64>,
}

/// A message of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// On which channel.
    pub channel: ChannelType,
    /// Its number.
    pub kind: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// The step that it belongs to.
    pub step: usize,
}

impl Session {
    /// A session of so many steps, of the server or of the client, on these channels. What a channel begins with is not
    /// in it: `init` and the like are the business of whoever leads the connection.
    #[must_use]
    pub fn new(from: Origin, channels: &[ChannelType], steps: usize, random: &mut Random) -> Self {
        Self { from, channels: channels.to_vec(), steps: (0..steps).map(|_| random.number()).collect() }
    }

    /// Steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it has no steps.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The session without these steps; those that are not there are passed over.
    #[must_use]
    pub fn without(&self, range: Range<usize>) -> Self {
        let steps = self.steps.iter().enumerate().filter(|(index, _)| !range.contains(index));
        Self { steps: steps.map(|(_, step)| *step).collect(), ..self.clone() }
    }

    /// The messages, in the order in which they are sent.
    #[must_use]
    pub fn messages(&self) -> Vec<Sent> {
        match self.from {
            Origin::Server => screen::messages(&self.channels, &self.steps),
            Origin::Client => user::messages(&self.channels, &self.steps),
        }
    }
}
