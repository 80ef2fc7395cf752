//! What the machine plays, to all clients: `-audiodev dbus,id=x -display dbus,audiodev=x`.

use std::sync::Arc;

use spice_proto::drive::Reception;
use spice_proto::server::Visit;
use zbus::fdo;

use crate::Random;
use crate::shared::{Shared, lock};

/// One stream of sound at a time; of several the last one is heard.
pub struct Sound {
    pub shared: Arc<Shared>,
    pub reception: Reception<Random>,
    pub format: Option<Format>,
}

/// How the samples come.
#[derive(Clone, Copy)]
pub struct Format {
    id: u64,
    bits: u8,
    is_signed: bool,
    is_float: bool,
    frequency: u32,
    channels: u8,
    is_big_endian: bool,
}

#[zbus::interface(name = "org.qemu.Display1.AudioOutListener", spawn = false)]
impl Sound {
    #[expect(clippy::too_many_arguments, reason = "the interface is QEMU's")]
    fn init(
        &mut self,
        id: u64,
        bits: u8,
        is_signed: bool,
        is_float: bool,
        freq: u32,
        nchannels: u8,
        _bytes_per_frame: u32,
        _bytes_per_second: u32,
        be: bool,
    ) {
        let (frequency, channels, is_big_endian) = (freq, nchannels, be);
        self.format = Some(Format { id, bits, is_signed, is_float, frequency, channels, is_big_endian });
    }

    fn fini(&mut self, id: u64) {
        self.set_enabled(id, false);
    }

    fn set_enabled(&mut self, id: u64, enabled: bool) {
        let Some(format) = self.format.filter(|format| format.id == id) else { return };
        let sound = enabled.then_some((u32::from(format.channels), format.frequency));
        self.shared.change(|state| state.sound = sound);
        let now = Visit::mm_time(self.shared.now());
        self.tell(|visit| {
            let Some(mut playback) = visit.playback() else { return };
            // Whoever joins later is told by the turn of its channel.
            let _ = match sound {
                Some((channels, frequency)) => playback.start(channels, frequency, now),
                None => playback.stop(),
            };
        });
    }

    fn set_volume(&mut self, _id: u64, mute: bool, volume: &[u8]) {
        let volume: Vec<u16> = volume.iter().map(|volume| u16::from(*volume) * 257).collect();
        self.tell(|visit| {
            if let Some(mut playback) = visit.playback() {
                let _ = playback.volume(&volume).and_then(|()| playback.mute(mute));
            }
        });
    }

    fn write(&mut self, id: u64, data: &[u8]) -> fdo::Result<()> {
        let Some(format) = self.format.filter(|format| format.id == id) else { return Ok(()) };
        let samples = format.to_s16(data).ok_or_else(|| fdo::Error::NotSupported("samples".into()))?;
        let now = Visit::mm_time(self.shared.now());
        // Who does not read hears nothing.
        self.tell(|visit| {
            if let Some(mut playback) = visit.playback() {
                let _ = playback.data(now, &samples);
            }
        });
        Ok(())
    }

    #[zbus(property)]
    fn interfaces(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Sound {
    fn tell(&self, mut tell: impl FnMut(&mut Visit)) {
        self.reception.visits().iter().for_each(|visit| tell(&mut lock(visit)));
        self.shared.changed.notify_waiters();
    }
}

impl Format {
    /// Samples as SPICE has them: 16 bits, signed, little-endian. `None` for samples that are none of QEMU's formats.
    fn to_s16(self, data: &[u8]) -> Option<Vec<u8>> {
        let bytes = usize::from(self.bits / 8);
        if !matches!((bytes, self.is_float), (1 | 2 | 4, false) | (4, true)) {
            return None;
        }
        let samples = data.chunks_exact(bytes).flat_map(|sample| {
            let mut value = [0; 4];
            // As the highest bytes of 32 bits.
            for (to, from) in value[4 - bytes..].iter_mut().zip(sample) {
                *to = *from;
            }
            if self.is_big_endian {
                value[4 - bytes..].reverse();
            }
            let bits = u32::from_le_bytes(value);
            let sample = match (self.is_float, self.is_signed) {
                (true, _) => (f32::from_bits(bits).clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16,
                (false, true) => (bits >> 16) as i16,
                (false, false) => ((bits ^ 1 << 31) >> 16) as i16,
            };
            sample.to_le_bytes()
        });
        Some(samples.collect())
    }
}
