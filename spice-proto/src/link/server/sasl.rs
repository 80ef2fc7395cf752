//! The server's side of the SASL frames.

#![warn(clippy::arithmetic_side_effects)]

use alloc::string::String;
use alloc::vec::Vec;

use super::{Server, ServerEvent, State};
use crate::common::LinkErr;
use crate::link::exchange::{SASL_DATA, SASL_LIST, data, sendable};
use crate::link::{
    Answer, CallError, Challenge, ErrorKind, Mechanisms, Secret, SecurityLayer, ServerMechanism,
};

impl Server {
    /// Answers [`ServerEvent::Sasl`]: lets the mechanism offer, or do a step. When it gives up, the next event is the
    /// error [`ErrorKind::SaslFailed`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`], and [`CallError::SaslLength`] when the mechanism makes more than can be sent.
    pub fn sasl(&mut self, mechanism: &mut dyn ServerMechanism) -> Result<(), CallError> {
        let challenge = match &self.state {
            State::SaslOffer => return self.sasl_offer(mechanism.offered()),
            State::SaslBegin(name, data) => mechanism.start(name, data.as_ref().map(Secret::as_bytes)),
            State::SaslStep(data) => mechanism.step(data.as_ref().map(Secret::as_bytes)),
            _ => return Err(CallError::NotAsked),
        };
        let Ok(Challenge { data, complete }) = challenge else {
            self.fail(ErrorKind::SaslFailed, Answer::Silence);
            return Ok(());
        };
        let data = data.filter(|data| !data.is_empty());
        sendable(data.as_ref())?;
        self.buffers.put_data(data.as_ref());
        self.buffers.output.extend(&[u8::from(complete)]);
        if !complete {
            self.state = State::SaslData;
            return Ok(());
        }
        match mechanism.security_layer() {
            SecurityLayer::TooWeak => self.fail(ErrorKind::SaslWeak, Answer::SaslResult),
            layer => {
                self.buffers.put_word(0);
                let active = layer == SecurityLayer::Active;
                self.state = if active { State::SaslLayer } else { State::Authenticated };
            }
        }
        Ok(())
    }

    fn sasl_offer(&mut self, offered: &str) -> Result<(), CallError> {
        let mut list = Vec::from(*b",");
        for name in offered.split(',').filter(|name| !name.is_empty()) {
            list.extend_from_slice(name.as_bytes());
            list.push(b',');
        }
        let len = u32::try_from(list.len()).ok().filter(|len| *len <= SASL_LIST);
        self.buffers.put_word(len.ok_or(CallError::SaslLength)?);
        self.buffers.output.extend(&list);
        self.state = State::SaslName(list);
        Ok(())
    }

    pub(super) fn sasl_name(&mut self, list: Vec<u8>) -> Option<ServerEvent> {
        let name = match self.buffers.block(100, 0) {
            Ok(Some(name)) => name,
            Ok(None) => {
                self.state = State::SaslName(list);
                return None;
            }
            Err(refused) => {
                self.fail(refused.or(ErrorKind::SaslName), Answer::Silence);
                return None;
            }
        };
        if name.is_empty() {
            self.fail(ErrorKind::SaslName, Answer::Silence);
            return None;
        }
        match core::str::from_utf8(name.as_bytes()).ok().filter(|name| Mechanisms::new(&list).contains(name))
        {
            Some(name) => self.state = State::SaslStart(name.into()),
            None => self.fail(ErrorKind::SaslName, Answer::Reply(LinkErr::INVALID_DATA)),
        }
        None
    }

    /// The data of the start of this mechanism, or of a step.
    pub(super) fn sasl_data(&mut self, start: Option<String>) -> Option<ServerEvent> {
        match (self.buffers.block(self.config.limits.sasl_data.min(SASL_DATA), 0), start) {
            (Ok(None), Some(name)) => {
                self.state = State::SaslStart(name);
                return None;
            }
            (Ok(None), None) => return None,
            (Ok(Some(block)), Some(name)) => self.state = State::SaslBegin(name, data(block)),
            (Ok(Some(block)), None) => self.state = State::SaslStep(data(block)),
            (Err(refused), start) => {
                let reply = Answer::Reply(LinkErr::INVALID_DATA);
                let answer = if start.is_some() { reply } else { Answer::Silence };
                self.fail(refused.or(ErrorKind::SaslData), answer);
                return None;
            }
        }
        Some(ServerEvent::Sasl)
    }
}
