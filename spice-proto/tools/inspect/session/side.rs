//! What one end says about itself: versions and capabilities.

use spice_proto::ChannelType;
use spice_proto::common::CommonCapability;
use spice_proto::display::DisplayCapability;
use spice_proto::inputs::InputsCapability;
use spice_proto::main::MainCapability;
use spice_proto::playback::PlaybackCapability;
use spice_proto::record::RecordCapability;
use spice_proto::spicevmc::SpicevmcCapability;

/// Version and capabilities of one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSide {
    /// Major and minor version.
    pub version: [u32; 2],
    /// Numbers of the common capabilities, rising.
    pub common: Vec<u32>,
    /// Numbers of the channel's capabilities, rising.
    pub channel: Vec<u32>,
}

impl LinkSide {
    /// Reads the words at `offset` of a link message. None when they are not all inside.
    pub(super) fn new(
        version: [u32; 2],
        message: &[u8],
        counts: [u32; 2],
        offset: u32,
        fixed: usize,
    ) -> Option<Self> {
        let [common, channel] = counts.map(|count| count as usize);
        if common == 0 && channel == 0 {
            return Some(LinkSide { version, common: Vec::new(), channel: Vec::new() });
        }
        let start = offset as usize;
        let words = message.get(start..).filter(|_| start >= fixed)?.as_chunks::<4>().0;
        let common_words = words.get(..common)?;
        let channel_words = words.get(common..common.checked_add(channel)?)?;
        Some(LinkSide { version, common: numbers(common_words), channel: numbers(channel_words) })
    }

    /// True when the end has a common capability.
    pub fn has(&self, capability: CommonCapability) -> bool {
        self.common.contains(&u32::from(capability))
    }
}

/// The numbers of the bits that are set.
fn numbers(words: &[[u8; 4]]) -> Vec<u32> {
    let bits = words.iter().zip(0_u32..).flat_map(|(word, index)| {
        let word = u32::from_le_bytes(*word);
        (0..32_u32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 32 + bit)
    });
    bits.collect()
}

/// Names of capabilities; numbers without a name stay numbers. `channel` is None for the common ones.
pub fn capability_names(channel: Option<ChannelType>, numbers: &[u32]) -> Vec<String> {
    macro_rules! name {
        ($list:ident, $number:expr) => {
            u16::try_from($number).ok().and_then(|number| $list(number).name())
        };
    }
    let name = |number: u32| match channel {
        None => name!(CommonCapability, number),
        Some(ChannelType::MAIN) => name!(MainCapability, number),
        Some(ChannelType::DISPLAY) => name!(DisplayCapability, number),
        Some(ChannelType::INPUTS) => name!(InputsCapability, number),
        Some(ChannelType::PLAYBACK) => name!(PlaybackCapability, number),
        Some(ChannelType::RECORD) => name!(RecordCapability, number),
        Some(ChannelType::PORT | ChannelType::USBREDIR | ChannelType::WEBDAV) => {
            name!(SpicevmcCapability, number)
        }
        Some(_) => None,
    };
    numbers.iter().map(|&number| name(number).map_or_else(|| number.to_string(), str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_behind_the_first_count_on() {
        assert_eq!(numbers(&[[0x09, 0, 0, 0], [1, 0, 0, 0x80]]), [0, 3, 32, 63]);
    }

    #[test]
    fn numbers_without_a_name_stay_numbers() {
        assert_eq!(capability_names(None, &[3, 40]), ["MINI_HEADER", "40"]);
        assert_eq!(capability_names(Some(ChannelType::CURSOR), &[0]), ["0"]);
    }

    #[test]
    fn words_have_to_be_inside_of_the_message() {
        let message = [0; 26];
        assert!(LinkSide::new([2, 2], &message, [1, 1], 18, 18).is_some());
        assert!(LinkSide::new([2, 2], &message, [1, 2], 18, 18).is_none());
        assert!(LinkSide::new([2, 2], &message, [1, u32::MAX], 18, 18).is_none());
        assert!(LinkSide::new([2, 2], &message, [1, 1], 14, 18).is_none());
        assert!(LinkSide::new([2, 2], &message, [0, 0], 999, 18).is_some());
    }
}
