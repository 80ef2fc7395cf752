//! SPICE with a few things more: new messages among the library's own types.

#![deny(warnings)]

use spice_proto::canvas::Canvas;
use spice_proto::channel::{Channel as _, ClientEnd, ServerEnd};
use spice_proto::common::{Point, Rect};
use spice_proto::display::{
    self, Clip, ClipType, DisplayBase, ImageFlags, ImageScaleMode, SurfaceCreate, SurfaceFlags, SurfaceFmt,
};
use spice_proto::frame::HeaderKind;
use spice_proto::image::SharedCaches;
use spice_proto::{ChannelType, Encode as _, Limits, List, Parse as _};

mod spice {
    include!(concat!(env!("OUT_DIR"), "/spice.rs"));
}

use spice::display::{ClientMessage, DrawHatch, HatchKind, Pair, PairMore, ServerMessage};
use spice::display::{display_capability, image_flags, image_scale_mode};

const BOX: Rect = Rect { top: 1, left: 2, bottom: 3, right: 4 };

fn hatch(more: &[Rect]) -> DrawHatch<'_> {
    let pair = Pair {
        boxes: [BOX; 2],
        mode: image_scale_mode::ARTISTIC,
        more: PairMore::Centre(Point { x: 5, y: 6 }),
    };
    let clip = Clip { type_: ClipType::NONE, rects: None };
    let base = DisplayBase { surface_id: 0, box_: BOX, clip };
    DrawHatch { base, kind: HatchKind::CROSSED, pair, more: List::from(more) }
}

/// What SPICE has goes to the library as it is; one arm for each message that is new.
fn handle(canvas: &mut Canvas, caches: &mut SharedCaches, message: ServerMessage<'_>) -> Option<Rect> {
    match display::ServerMessage::try_from(message) {
        Ok(spice) => {
            canvas.apply(&spice, caches).expect("a message that fits");
            None
        }
        Err(ServerMessage::DrawHatch(hatch)) => hatch.more.iter().next(),
        Err(ServerMessage::HatchRect(rect)) => Some(rect),
        Err(other) => panic!("{other:?} is SPICE's"),
    }
}

#[test]
fn new_messages_stand_among_those_of_spice() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(spice::channel::Display.channel_type(), ChannelType::DISPLAY);
    let mut client = ClientEnd::new(spice::channel::Display, HeaderKind::Mini, &Limits::default());
    let mut server = ServerEnd::new(spice::channel::Display, HeaderKind::Mini, &Limits::server());
    let surface = SurfaceCreate {
        surface_id: 0,
        width: 8,
        height: 4,
        format: SurfaceFmt::FMT_32_XRGB,
        flags: SurfaceFlags::PRIMARY,
    };
    server.send(&display::ServerMessage::SurfaceCreate(surface).into())?;
    let more = [BOX];
    server.send(&ServerMessage::DrawHatch(hatch(&more)))?;
    server.send(&ServerMessage::HatchRect(BOX))?;
    client.push_bytes(server.take_output());

    let (mut canvas, mut caches) = (Canvas::new(&Limits::default()), SharedCaches::new(&Limits::default()));
    let (mut names, mut own) = (Vec::new(), Vec::new());
    while let Some(message) = client.next_message()? {
        let message = message.parse()?;
        names.extend(message.name());
        own.push(handle(&mut canvas, &mut caches, message));
    }
    assert_eq!(names, ["surface_create", "draw_hatch", "hatch_rect"]);
    assert_eq!(own, [None, Some(BOX), Some(BOX)]);
    assert!(canvas.surface(0).is_some());

    client.send(&ClientMessage::Hatched(spice::display::Hatched { count: 2 }))?;
    server.push_bytes(client.take_output());
    let hatched = server.next_message()?.expect("a message").parse()?.kind();
    assert_eq!(hatched, ClientMessage::HATCHED);
    Ok(())
}

#[test]
fn a_message_with_structures_of_spice_lies_as_described() {
    let bytes = hatch(&[BOX, BOX]).encode_to_vec().expect("it fits");
    let fixed = 4 + 16 + 1 + 1 + 2 * 16 + 1 + 8 + 4;
    assert_eq!(bytes.len(), fixed + 2 * 16);
    assert_eq!(DrawHatch::parse(&bytes), Ok(hatch(&[BOX, BOX])));
    assert!(DrawHatch::parse(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn added_items_are_values_of_the_library() {
    assert_eq!(display_capability::HATCH, display::DisplayCapability(64));
    assert_eq!(image_scale_mode::ARTISTIC, ImageScaleMode(16));
    assert_eq!(image_flags::RARE | ImageFlags::CACHE_ME, ImageFlags::from_bits_retain(0x81));
}

#[test]
fn what_is_new_in_the_protocol_stands_beside_what_is_there() {
    assert_eq!(spice::ChannelType::GAUGES.0, 200);
    assert_eq!(spice::ChannelType::DISPLAY.0, ChannelType::DISPLAY.0);
    let value = spice::gauges::ServerMessage::Value(spice::gauges::Value { value: -5 });
    let bytes = value.encode_to_vec().expect("it fits");
    let parsed = spice::ServerMessage::parse(spice::ChannelType::GAUGES, 101, &bytes);
    assert_eq!(parsed, Ok(spice::ServerMessage::Gauges(value)));
    // A channel without additions is the library's own.
    let main: spice::channel::Main = spice_proto::channel::Main;
    assert_eq!(main.channel_type(), ChannelType::MAIN);
}
