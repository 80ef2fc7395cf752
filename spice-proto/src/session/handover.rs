//! One channel of a seamless migration.

use bytes::Bytes;

use crate::channel::{Channel, ClientEnd, FromServer, Received, SendError};
use crate::common::{MigrateFlags, ServerMessage};

/// A client's channel on its way from one server to the other ([`docs/spec/messages.md`, "Migration"](crate::spec::messages#migration)).
///
/// Give it the channel's messages from the source. After MIGRATE it answers with the flush mark, if that is asked for;
/// when it is [complete](Self::is_complete), [`finish`](Self::finish) goes on at the destination.
///
/// ```
/// use spice_proto::channel::{ClientEnd, Inputs, ServerEnd};
/// use spice_proto::common::MigrateFlags;
/// use spice_proto::frame::HeaderKind;
/// use spice_proto::session::Handover;
/// use spice_proto::{Limits, inputs};
///
/// let client = || ClientEnd::new(Inputs, HeaderKind::Mini, &Limits::default());
/// let server = || ServerEnd::new(Inputs, HeaderKind::Mini, &Limits::server());
/// let (mut at_source, mut source, mut at_destination, mut destination) = (client(), server(), client(), server());
///
/// source.migrate(MigrateFlags::NEED_FLUSH | MigrateFlags::NEED_DATA_TRANSFER)?;
/// at_source.push_bytes(source.take_output());
/// let mut handover = Handover::new();
/// let message = at_source.next_message()?.expect("a message");
/// assert!(!handover.handle(&mut at_source, &message)?, "data follow");
///
/// source.push_bytes(at_source.take_output());
/// source.next_message()?.expect("the flush mark");
/// assert!(source.is_flushed());
/// source.migrate_data(b"state")?;
/// at_source.push_bytes(source.take_output());
/// let message = at_source.next_message()?.expect("a message");
/// assert!(handover.handle(&mut at_source, &message)?);
/// handover.finish(&at_source, &mut at_destination)?;
///
/// destination.push_bytes(at_destination.take_output());
/// let state = destination.next_message()?.expect("a message");
/// assert!(matches!(state.parse()?, inputs::ClientMessage::MigrateData(data) if data.data == b"state"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Handover {
    flags: Option<MigrateFlags>,
    data: Option<Bytes>,
}

impl Handover {
    /// A channel that was not asked to move yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at a message of the source and sends the flush mark where it is asked for. True when the channel can go on
    /// at the destination.
    ///
    /// What the caller still has to send to the source has to be sent before MIGRATE is handled.
    ///
    /// # Errors
    /// [`SendError::Flushed`] when the flush mark was sent already.
    pub fn handle<C: Channel>(
        &mut self,
        source: &mut ClientEnd<C>,
        message: &Received<FromServer<C>>,
    ) -> Result<bool, SendError> {
        match ServerMessage::parse(message.kind(), message.body()) {
            Ok(ServerMessage::Migrate(migrate)) if self.flags.is_none() => {
                if migrate.flags.contains(MigrateFlags::NEED_FLUSH) {
                    source.flush_mark()?;
                }
                self.flags = Some(migrate.flags);
            }
            Ok(ServerMessage::MigrateData(_)) if self.needs_data() => {
                self.data = Some(message.body().clone())
            }
            _ => {}
        }
        Ok(self.is_complete())
    }

    /// Whether the server has asked to move.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.flags.is_some()
    }

    /// Whether everything has come that the source has to give.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.has_begun() && !self.needs_data()
    }

    fn needs_data(&self) -> bool {
        let wanted = self.flags.is_some_and(|flags| flags.contains(MigrateFlags::NEED_DATA_TRANSFER));
        wanted && self.data.is_none()
    }

    /// Goes on at the destination: the channel's state is the first message there, and messages are numbered on. Of the
    /// destination's end nothing may have been taken yet.
    ///
    /// # Errors
    /// As [`ClientEnd::take_over`].
    pub fn finish<C: Channel>(
        self,
        source: &ClientEnd<C>,
        destination: &mut ClientEnd<C>,
    ) -> Result<(), SendError> {
        // Without state the destination knows nothing of the source's numbers.
        match &self.data {
            Some(data) => destination.take_over(source, Some(data)),
            None => Ok(()),
        }
    }
}
