//! Acknowledgement of messages from server to client ([`docs/spec/messages.md`, "Acknowledgement window"](crate::spec::messages#acknowledgement-window)).

use crate::common::{AckSync, SetAck};

/// The client's count of what it received.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReceiveWindow {
    /// 0: nothing is acknowledged.
    window: u32,
    left: u32,
}

impl ReceiveWindow {
    pub(super) fn set(&mut self, set: SetAck) -> AckSync {
        (self.window, self.left) = (set.window, set.window);
        AckSync { generation: set.generation }
    }

    /// Counts a message; true when it completes a window, for which an ACK is due.
    pub(super) fn count(&mut self) -> bool {
        if self.window == 0 {
            return false;
        }
        self.left = self.left.saturating_sub(1);
        let due = self.left == 0;
        if due {
            self.left = self.window;
        }
        due
    }
}

/// The server's count of what was sent and not acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SendWindow {
    set: Option<SetAck>,
    /// What the client says that it acknowledges.
    acknowledged: Option<u32>,
    pub(super) sent: u64,
}

impl SendWindow {
    /// A SET_ACK goes out.
    pub(super) fn set(&mut self, set: SetAck) {
        self.set = Some(set);
        self.sent = 0;
    }

    /// The generation of the next SET_ACK.
    pub(super) fn next_generation(&self) -> u32 {
        self.set.map_or(1, |set| set.generation.wrapping_add(1))
    }

    /// Another message goes out.
    pub(super) fn count(&mut self) {
        self.sent = self.sent.saturating_add(1);
    }

    /// Messages that may go out now; `None` is any number.
    pub(super) fn room(&self) -> Option<u64> {
        let window = self.set.map_or(0, |set| set.window);
        let most = u64::from(window).saturating_mul(2);
        (window != 0).then(|| most.saturating_sub(self.sent))
    }

    pub(super) fn ack_sync(&mut self, sync: AckSync) {
        self.acknowledged = Some(sync.generation);
    }

    /// An ACK came. It is ignored when the client has not yet seen the newest SET_ACK.
    pub(super) fn ack(&mut self) {
        if let Some(set) = self.set.filter(|set| self.acknowledged == Some(set.generation)) {
            self.sent = self.sent.saturating_sub(u64::from(set.window));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_acknowledges_every_window() {
        let mut window = ReceiveWindow::default();
        assert!(!(0..100).any(|_| window.count()));
        window.set(SetAck { generation: 1, window: 3 });
        let due: [bool; 7] = [(); 7].map(|()| window.count());
        assert_eq!(due, [false, false, true, false, false, true, false]);
        window.set(SetAck { generation: 2, window: 0 });
        assert!(!(0..100).any(|_| window.count()));
    }

    #[test]
    fn a_server_keeps_to_two_windows_and_old_acks_do_not_count() {
        let mut window = SendWindow::default();
        assert_eq!(window.room(), None);
        window.set(SetAck { generation: 1, window: 2 });
        (0..4).for_each(|_| window.count());
        assert_eq!(window.room(), Some(0));
        window.ack();
        assert_eq!(window.room(), Some(0), "before ACK_SYNC");
        window.ack_sync(AckSync { generation: 1 });
        window.ack();
        assert_eq!(window.room(), Some(2));
        window.set(SetAck { generation: window.next_generation(), window: 5 });
        window.count();
        window.ack();
        assert_eq!(window.room(), Some(9), "an ACK of generation 1");
        window.ack_sync(AckSync { generation: 2 });
        window.ack();
        assert_eq!(window.room(), Some(10), "more than was sent");
    }
}
