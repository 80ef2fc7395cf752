//! Sound, both ways.

use super::core::Visit;
use super::error::VisitError;
use super::line::Line;
use super::opening;
use crate::common::{AudioData, AudioDataMode, AudioFmt, AudioMute, AudioVolume, Empty};
use crate::playback::PlaybackCapability;
use crate::record::RecordCapability;
use crate::{ChannelType, ServerMessage, playback, record};

/// Sound to a client, on its playback channel. Times are the multimedia time, in milliseconds
/// ([`Visit::mm_time`](super::Visit::mm_time)).
///
/// [`VisitError::Busy`] says that the client does not read what it was sent: that piece is left out.
#[derive(Debug)]
pub struct Playback<'v> {
    line: &'v mut Line,
    opus: bool,
}

/// Sound from a client, on its record channel: it comes as [`Event::RecordData`](super::Event::RecordData).
#[derive(Debug)]
pub struct Record<'v> {
    line: &'v mut Line,
    opus: bool,
}

impl Visit {
    /// The playback channel, if the client has it.
    pub fn playback(&mut self) -> Option<Playback<'_>> {
        let opus = self.config().opus;
        self.line(ChannelType::PLAYBACK).map(|line| Playback { line, opus })
    }

    /// The record channel, if the client has it.
    pub fn record(&mut self) -> Option<Record<'_>> {
        let opus = self.config().opus;
        self.line(ChannelType::RECORD).map(|line| Record { line, opus })
    }
}

impl Playback<'_> {
    /// How the client expects the data: RAW, which is S16 with channels interleaved, or OPUS at 48,000 Hz where
    /// [`VisitConfig::opus`](super::VisitConfig::opus) allows and the client takes it. It was told.
    #[must_use]
    pub fn mode(&self) -> AudioDataMode {
        opening::playback_mode(self.line, self.opus)
    }

    /// Sound begins: so many audio channels, so many samples a second.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn start(&mut self, channels: u32, frequency: u32, time: u32) -> Result<(), VisitError> {
        let start = playback::Start { channels, format: AudioFmt::S16, frequency, time };
        self.send(playback::ServerMessage::Start(start))
    }

    /// Samples, or one frame of Opus.
    ///
    /// # Errors
    /// [`VisitError::Busy`]; as [`Visit::send`](super::Visit::send).
    pub fn data(&mut self, time: u32, data: &[u8]) -> Result<(), VisitError> {
        let data = playback::ServerMessage::Data(AudioData { time, data });
        self.line.send_if_read(&ServerMessage::Playback(data))
    }

    /// Sound ends.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn stop(&mut self) -> Result<(), VisitError> {
        self.send(playback::ServerMessage::Stop(Empty))
    }

    /// The guest's volume, 0 to 65535 for each audio channel. Nothing is sent to clients that do not take it.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn volume(&mut self, volume: &[u16]) -> Result<(), VisitError> {
        let volume = AudioVolume { volume: volume.into() };
        self.send_volume(playback::ServerMessage::Volume(volume))
    }

    /// Whether the guest is mute. Nothing is sent to clients that do not take it.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn mute(&mut self, mute: bool) -> Result<(), VisitError> {
        self.send_volume(playback::ServerMessage::Mute(AudioMute { mute: mute.into() }))
    }

    fn send_volume(&mut self, message: playback::ServerMessage<'_>) -> Result<(), VisitError> {
        match self.line.capabilities.contains(PlaybackCapability::VOLUME) {
            true => self.send(message),
            false => Ok(()),
        }
    }

    fn send(&mut self, message: playback::ServerMessage<'_>) -> Result<(), VisitError> {
        self.line.end.send(&ServerMessage::Playback(message))?;
        Ok(())
    }
}

impl Record<'_> {
    /// Whether the client may send Opus: [`VisitConfig::opus`](super::VisitConfig::opus), and it can. What it does send
    /// is in [`Event::RecordMode`](super::Event::RecordMode).
    #[must_use]
    pub fn may_be_opus(&self) -> bool {
        self.opus && self.line.capabilities.contains(RecordCapability::OPUS)
    }

    /// Asks the client to record: so many audio channels, so many samples a second; 48,000 where it may be Opus.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn start(&mut self, channels: u32, frequency: u32) -> Result<(), VisitError> {
        let start = record::Start { channels, format: AudioFmt::S16, frequency };
        self.send(record::ServerMessage::Start(start))
    }

    /// Asks it to stop.
    ///
    /// # Errors
    /// As [`Visit::send`](super::Visit::send).
    pub fn stop(&mut self) -> Result<(), VisitError> {
        self.send(record::ServerMessage::Stop(Empty))
    }

    fn send(&mut self, message: record::ServerMessage<'_>) -> Result<(), VisitError> {
        self.line.end.send(&ServerMessage::Record(message))?;
        Ok(())
    }
}
