//! Sets of capabilities: those of real peers make sense, and so do ours.

use spice_proto::common::{CommonCapability, VideoCodecType};
use spice_proto::display::DisplayCapability as D;
use spice_proto::inputs::InputsCapability;
use spice_proto::link::{Capabilities, Origin, Senseless};
use spice_proto::main::MainCapability;
use spice_proto::wire::CapabilitySet;
use spice_proto::{ChannelType, canvas};

use spice_proto_tests::folders;

use super::recorded;

/// Clients that people use.
const REAL: [&str; 4] = ["remote-viewer", "spicy", "spice-gtk", "html5"];

#[test]
fn every_recorded_set_makes_sense() {
    let mut sets = 0;
    for folder in folders::sessions() {
        let meta = std::fs::read(folder.join("meta.json")).expect("meta.json is readable");
        let meta: serde_json::Value = serde_json::from_slice(&meta).expect("meta.json is JSON");
        // Scripts that recorded sessions announce what they want to see done.
        let real =
            meta["client"].as_str().is_some_and(|client| REAL.iter().any(|name| client.contains(name)));
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for connection in recorded::session(&name) {
            let link = &connection.session.link;
            let client = Some((Origin::Client, &link.client)).filter(|_| real);
            for (origin, side) in client.into_iter().chain([(Origin::Server, &link.server)]) {
                let side = side.as_ref().expect("both ends said what they can");
                let [common, channel] =
                    [&side.common, &side.channel].map(|numbers| numbers.iter().copied().collect());
                let found = Capabilities { common, channel }.check_sense(origin, link.channel);
                assert_eq!(found, Ok(()), "{}, {origin:?}", connection.name);
                sets += 1;
            }
        }
    }
    assert!(sets > 300, "{sets} sets");
}

fn check(origin: Origin, channel: ChannelType, set: CapabilitySet) -> Result<(), &'static str> {
    let capabilities = Capabilities { common: CapabilitySet::EMPTY, channel: set };
    capabilities.check_sense(origin, channel).map_err(|Senseless { capability, .. }| capability)
}

#[test]
fn a_canvas_announces_what_makes_sense_whatever_is_decoded() {
    let codecs = [1, 2, 3, 4, 5, 9].map(VideoCodecType);
    for chosen in 0..1_u32 << codecs.len() {
        let chosen: Vec<_> =
            (0..codecs.len()).filter(|at| chosen >> at & 1 == 1).map(|at| codecs[at]).collect();
        let set = canvas::capabilities(&chosen);
        assert_eq!(check(Origin::Client, ChannelType::DISPLAY, set), Ok(()), "{chosen:?}");
        for (codec, capability) in
            [(2, D::CODEC_VP8), (3, D::CODEC_H264), (4, D::CODEC_VP9), (5, D::CODEC_H265)]
        {
            assert_eq!(set.contains(capability), chosen.contains(&VideoCodecType(codec)), "{chosen:?}");
        }
    }
}

#[test]
fn sets_that_cannot_be_meant_are_found() {
    use ChannelType as C;
    use Origin::{Client, Server};
    let display = |set: &[D]| set.iter().copied().collect::<CapabilitySet>();
    let wrong = [
        (Client, C::DISPLAY, display(&[D::MULTI_CODEC]), "MULTI_CODEC"),
        (Client, C::DISPLAY, display(&[D::CODEC_VP9]), "CODEC_VP9"),
        (Client, C::DISPLAY, display(&[D::PREF_COMPRESSION]), "PREF_COMPRESSION"),
        (Client, C::DISPLAY, display(&[D::PREF_VIDEO_CODEC_TYPE]), "PREF_VIDEO_CODEC_TYPE"),
        (Server, C::DISPLAY, display(&[D::MONITORS_CONFIG, D::SIZED_STREAM]), "SIZED_STREAM"),
        (Server, C::DISPLAY, display(&[D::CODEC_MJPEG]), "CODEC_MJPEG"),
        (Client, C::INPUTS, [InputsCapability::KEY_SCANCODE].into(), "KEY_SCANCODE"),
        (Client, C::MAIN, [MainCapability::SEAMLESS_MIGRATE].into(), "SEAMLESS_MIGRATE"),
    ];
    for (origin, channel, set, name) in wrong {
        assert_eq!(check(origin, channel, set), Err(name));
    }
    let right = [
        (Client, C::DISPLAY, display(&[D::CODEC_MJPEG])),
        (Client, C::DISPLAY, display(&[D::MULTI_CODEC, D::CODEC_MJPEG])),
        (Server, C::INPUTS, [InputsCapability::KEY_SCANCODE].into()),
        (Client, C::CURSOR, CapabilitySet::EMPTY),
    ];
    for (origin, channel, set) in right {
        assert_eq!(check(origin, channel, set), Ok(()));
    }
    let common = [CommonCapability::AUTH_SASL].into();
    let sasl = Capabilities { common, channel: CapabilitySet::EMPTY };
    assert_eq!(sasl.check_sense(Client, C::MAIN).map_err(|found| found.capability), Err("AUTH_SASL"));
}
