//! What lies between the stream and a machine: a security layer, if there is one, and what is not written yet.

use core::fmt;

use std::boxed::Box;
use std::vec::Vec;

use bytes::Bytes;

use crate::link::{Layer, LayerError, Protection};

/// A security layer of any mechanism.
pub type BoxLayer = Layer<Box<dyn Protection + Send>>;

/// The wrapped side of a connection.
#[derive(Default)]
pub(super) struct Wire {
    layer: Option<BoxLayer>,
    /// Taken from the machine, and not written yet.
    output: Bytes,
}

impl Wire {
    /// Everything goes through a layer from here on.
    pub(super) fn protect(&mut self, layer: BoxLayer) {
        self.layer = Some(layer);
    }

    /// Hands on what was read.
    pub(super) fn unwrap(&mut self, read: &[u8], mut push: impl FnMut(&[u8])) -> Result<(), LayerError> {
        let Some(layer) = &mut self.layer else {
            push(read);
            return Ok(());
        };
        layer.push(read);
        while let Some(plain) = layer.next_plain()? {
            push(&plain);
        }
        Ok(())
    }

    /// Whether what is read goes to the machine as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.layer.is_none()
    }

    /// Adds to what is to be written.
    pub(super) fn wrap(&mut self, plain: Bytes) -> Result<(), LayerError> {
        let wrapped = match &mut self.layer {
            None => plain,
            Some(layer) => {
                let mut wrapped = Vec::new();
                layer.wrap(&plain, &mut wrapped)?;
                wrapped.into()
            }
        };
        self.output = match self.output.is_empty() {
            true => wrapped,
            false => [&*self.output, &*wrapped].concat().into(),
        };
        Ok(())
    }

    /// What is to be written; to be advanced by what was.
    pub(super) fn output(&mut self) -> &mut Bytes {
        &mut self.output
    }

    /// What was taken from the output and not written.
    pub(super) fn put_back(&mut self, rest: Bytes) {
        if self.output.is_empty() {
            self.output = rest;
        } else if !rest.is_empty() {
            self.output = [&*rest, &*self.output].concat().into();
        }
    }

    /// The stream is over.
    pub(super) fn finish(&self) -> Result<(), LayerError> {
        self.layer.as_ref().map_or(Ok(()), Layer::finish)
    }
}

/// What is to be written may be a secret.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("layer", &self.layer.is_some())
            .field("output", &format_args!("{} bytes", self.output.len()))
            .finish()
    }
}
