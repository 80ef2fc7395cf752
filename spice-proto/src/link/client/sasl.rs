//! The client's side of the SASL frames.

#![warn(clippy::arithmetic_side_effects)]

use super::{Client, ClientEvent, State};
use crate::link::exchange::{SASL_DATA, SASL_LIST, data, sendable};
use crate::link::{CallError, ClientMechanism, ErrorKind, Mechanisms, Secret, SecurityLayer};

impl Client {
    /// Answers [`ClientEvent::Sasl`]: lets the mechanism choose, or do a step. When it gives up, the next event is the
    /// error [`ErrorKind::SaslFailed`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`], and the other kinds when the mechanism makes something that cannot be sent.
    pub fn sasl(&mut self, mechanism: &mut dyn ClientMechanism) -> Result<(), CallError> {
        match &self.state {
            State::SaslStart(list) => {
                let Ok(start) = mechanism.start(Mechanisms::new(list)) else {
                    self.fail(ErrorKind::SaslFailed);
                    return Ok(());
                };
                let name = start.mechanism.as_bytes();
                let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
                if !(1..=100).contains(&length) || name.iter().any(|byte| [0, b','].contains(byte)) {
                    return Err(CallError::SaslName);
                }
                sendable(start.data.as_ref())?;
                self.buffers.put_word(length);
                self.buffers.output.extend(name);
                self.buffers.put_data(start.data.as_ref());
                self.state = State::SaslData;
            }
            &State::SaslStep { ref data, complete } => {
                match mechanism.step(data.as_ref().map(Secret::as_bytes), complete) {
                    Err(_) => self.fail(ErrorKind::SaslFailed),
                    Ok(_) if complete => match mechanism.security_layer() {
                        SecurityLayer::TooWeak => self.fail(ErrorKind::SaslWeak),
                        layer => self.state = State::SaslResult(layer),
                    },
                    Ok(data) => {
                        sendable(data.as_ref())?;
                        self.buffers.put_data(data.as_ref());
                        self.state = State::SaslData;
                    }
                }
            }
            _ => return Err(CallError::NotAsked),
        }
        Ok(())
    }

    pub(super) fn sasl_list(&mut self) -> Option<ClientEvent> {
        let limit = self.config.limits.sasl_mechanisms.min(SASL_LIST);
        match self.buffers.block(limit, 0) {
            Ok(list) => self.state = State::SaslStart(list?.as_bytes().to_vec()),
            Err(refused) => {
                self.fail(refused.or(ErrorKind::SaslList));
                return None;
            }
        }
        Some(ClientEvent::Sasl)
    }

    pub(super) fn sasl_data(&mut self) -> Option<ClientEvent> {
        match self.buffers.block(self.config.limits.sasl_data.min(SASL_DATA), 1) {
            Ok(block) => {
                let block = block?;
                let [complete] = self.buffers.array()?;
                self.state = State::SaslStep { data: data(block), complete: complete != 0 };
            }
            Err(refused) => {
                self.fail(refused.or(ErrorKind::SaslData));
                return None;
            }
        }
        Some(ClientEvent::Sasl)
    }

    pub(super) fn sasl_result(&mut self, layer: SecurityLayer) -> Option<ClientEvent> {
        if self.buffers.word()? != 0 {
            self.fail(ErrorKind::SaslWeak);
            return None;
        }
        self.state = State::Result;
        match layer {
            SecurityLayer::Active => match self.buffers.rest() {
                Ok(rest) => Some(ClientEvent::SecurityLayer(rest)),
                Err(kind) => {
                    self.fail(kind);
                    None
                }
            },
            _ => None,
        }
    }
}
