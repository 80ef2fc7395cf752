//! What clients are shown of a device: the pixels that commands give, and no second drawing of them.

use spice_proto::Limits;
use spice_proto::canvas::{Canvas, Outcome};
use spice_proto::common::{Point, Rect};
use spice_proto::display::{Init, MaskFlags, ServerMessage, SurfaceFmt};
use spice_proto::image::SharedCaches;
use spice_proto::qxl::recording;
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::*;
use spice_proto::server::{ClientCaches, Feed, Screen};
use spice_proto::wire::{Encode, GuestAddress};

use crate::corpus::{recordings, unpack};
use crate::guest::Machine;

/// A client that carries out what it is told.
struct Client {
    feed: Feed,
    caches: ClientCaches,
    canvas: Canvas,
    shared: SharedCaches,
}

impl Client {
    fn new(screen: &Screen) -> Self {
        let init = Init {
            pixmap_cache_id: 1,
            pixmap_cache_size: 1 << 20,
            glz_dictionary_id: 1,
            glz_dictionary_window_size: 1 << 20,
        };
        let limits = Limits::default();
        Self {
            feed: Feed::new(screen, Default::default()),
            caches: ClientCaches::new(&init, &limits),
            canvas: Canvas::new(&limits),
            shared: SharedCaches::new(&limits),
        }
    }

    /// Takes so many messages at most; their kinds.
    fn follow(&mut self, screen: &mut Screen, most: usize) -> Vec<u16> {
        let mut kinds = Vec::new();
        while kinds.len() < most
            && let Some(message) = self.feed.next_message(screen, &mut self.caches, 0)
        {
            let outcome = self.canvas.apply(&message, &mut self.shared).expect("messages can be drawn");
            assert!(!matches!(outcome, Outcome::Waiting(_)));
            kinds.push(message.kind());
        }
        kinds
    }

    fn sees(&self, screen: &Screen) -> bool {
        let colours = |pixels: &[u8]| -> Vec<[u8; 3]> {
            pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
        };
        match (self.canvas.surface(0), screen.surface(0)) {
            (None, None) => true,
            (Some(seen), Some(is)) => colours(seen.data()) == colours(is.data()),
            _ => false,
        }
    }
}

#[test]
fn clients_of_every_recording_end_with_its_picture() {
    for (name, folder) in recordings() {
        let bytes = unpack(&folder);
        let mut input = bytes.as_slice();
        let mut reader = recording::Reader::new(&Limits::default());
        let mut renderer = Renderer::new(&Limits::default(), 1024);
        // One that keeps up, and one that has the end of everything only.
        let mut clients = [Client::new(renderer.screen()), Client::new(renderer.screen())];
        let (mut events, mut messages) = (0, 0);
        while let Some(event) = reader.next(&mut input).unwrap() {
            _ = event.play(&mut renderer);
            events += 1;
            if events % 32 == 0 {
                messages += clients[0].follow(renderer.screen_mut(), 8).len();
                clients[1].follow(renderer.screen_mut(), 1);
            }
        }
        for client in &mut clients {
            messages += client.follow(renderer.screen_mut(), usize::MAX).len();
            assert!(client.sees(renderer.screen()), "{name}");
        }
        assert!(messages > 10, "{name}: {messages} messages");
    }
}

/// Two surfaces of contents in guest memory, one kept and one brought by a command; then a part of it is moved.
#[test]
fn contents_of_guest_memory_are_shown_and_moves_stay_moves() {
    let mut machine = Machine::default();
    machine.add_slot((1, 1, 1), 0, 1 << 16, &[]);
    let pixels: Vec<u8> = (0..64 * 48_u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    machine.memory.write(Region::Ram, 0, &pixels).unwrap();
    let mut renderer = Renderer::new(&Limits::default(), 8);
    let mut client = Client::new(renderer.screen());
    let create = QxlSurfaceCreate {
        width: 64,
        height: 48,
        stride: 256,
        format: SurfaceFmt::FMT_32_XRGB,
        position: 0,
        mouse_mode: 1,
        flags: QxlSurfaceFlags::KEEP_DATA,
        type_: QxlSurfaceType::PRIMARY,
        mem: GuestAddress(SLOT),
    };
    renderer.create_primary(machine.guest(), 1, &create).unwrap();
    client.follow(renderer.screen_mut(), usize::MAX);
    assert!(client.sees(renderer.screen()));
    assert_eq!(client.canvas.surface(0).unwrap().row(1)[..3], pixels[256..259]);

    let nowhere = Rect::of_size(0, 0);
    let mask = QxlQMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: GuestAddress::NULL };
    let mut execute = |type_, bbox, body| {
        let drawable = QxlDrawable {
            release_info: 0,
            surface_id: 0,
            effect: QxlEffectType::OPAQUE,
            type_,
            self_bitmap: 0,
            self_bitmap_area: nowhere,
            bbox,
            clip: QxlClip { type_: QxlClipType::NONE, data: GuestAddress::NULL },
            mm_time: 0,
            surfaces_dest: [-1; 3],
            surfaces_rects: [nowhere; 3],
            body,
        };
        machine.memory.write(Region::Ram, 0x8000, &drawable.encode_to_vec().unwrap()).unwrap();
        let cmd = QxlCommand { data: GuestAddress(SLOT | 0x8000), type_: QxlCmdType::DRAW };
        let command = QxlCommandExt { cmd, group_id: 1, flags: QxlCommandFlags::empty() };
        renderer.execute(machine.guest(), RingName::Command, &command).unwrap();
        let kinds = client.follow(renderer.screen_mut(), usize::MAX);
        assert!(client.sees(renderer.screen()));
        kinds
    };
    let moved = QxlCopyBits { src_pos: Point { x: 3, y: 5 } };
    let kinds = execute(QxlDrawType::COPY_BITS, Rect::new(10, 10, 40, 30), QxlDrawableBody::CopyBits(moved));
    assert_eq!(kinds, [ServerMessage::COPY_BITS], "no pixels are sent");
    let white = QxlDrawableBody::Whiteness(QxlBlackness { mask });
    assert_eq!(execute(QxlDrawType::WHITENESS, Rect::new(0, 0, 20, 20), white).len(), 1);
}

/// Number 1 and generation 1.
const SLOT: u64 = 1 << 56 | 1 << 48;
