//! What both ends of a channel have in common for a driver.

use bytes::{BufMut, Bytes};

use crate::channel::{
    Channel, ChannelMessage, ClientEnd, FromClient, FromServer, Received, SendError, ServerEnd,
};
use crate::wire;

/// An end of a channel: [`ClientEnd`] or [`ServerEnd`].
pub trait End: sealed::Sealed {
    /// What comes out.
    type Received;
    /// What is sent.
    type Message<'m>: ChannelMessage<'m>;

    /// The next message; as [`ClientEnd::next_message`].
    ///
    /// # Errors
    /// As [`ClientEnd::next_message`] and [`ServerEnd::next_message`].
    fn next_message(&mut self) -> Result<Option<Self::Received>, wire::Error>;

    /// Writes a message to the output.
    ///
    /// # Errors
    /// As [`ClientEnd::send`] and [`ServerEnd::send`].
    fn send(&mut self, message: &Self::Message<'_>) -> Result<u64, SendError>;

    /// Takes bytes.
    fn push(&mut self, bytes: &[u8]);

    /// Takes bytes without copying them.
    fn push_bytes(&mut self, bytes: Bytes);

    /// Room to read into.
    fn buffer_mut(&mut self) -> &mut impl BufMut;

    /// What is to be written.
    fn take_output(&mut self) -> Bytes;

    /// Whether something is to be written.
    fn has_output(&self) -> bool;

    /// The peer has closed.
    ///
    /// # Errors
    /// When that is inside of a message.
    fn finish(&self) -> Result<(), wire::Error>;

    /// Whether the channel waits for others.
    fn waits(&self) -> bool;
}

mod sealed {
    pub trait Sealed {}
    impl<C: super::Channel> Sealed for super::ClientEnd<C> {}
    impl<C: super::Channel> Sealed for super::ServerEnd<C> {}
}

macro_rules! end {
    ($end:ident, $from:ident, $message:ident, |$this:ident| $waits:expr) => {
        impl<C: Channel> End for $end<C> {
            type Received = Received<$from<C>>;
            type Message<'m> = C::$message<'m>;

            fn next_message(&mut self) -> Result<Option<Self::Received>, wire::Error> {
                self.next_message()
            }

            fn send(&mut self, message: &Self::Message<'_>) -> Result<u64, SendError> {
                self.send(message)
            }

            fn push(&mut self, bytes: &[u8]) {
                self.push(bytes);
            }

            fn push_bytes(&mut self, bytes: Bytes) {
                self.push_bytes(bytes);
            }

            fn buffer_mut(&mut self) -> &mut impl BufMut {
                self.buffer_mut()
            }

            fn take_output(&mut self) -> Bytes {
                self.take_output()
            }

            fn has_output(&self) -> bool {
                self.has_output()
            }

            fn finish(&self) -> Result<(), wire::Error> {
                self.finish()
            }

            fn waits(&self) -> bool {
                let $this = self;
                $waits
            }
        }
    };
}

end!(ClientEnd, FromServer, ClientMessage, |end| end.waiting().is_some());
end!(ServerEnd, FromClient, ServerMessage, |_end| false);
