//! Rules that no vector shows: bad inputs that other devices fell over (`docs/spec/qxl.md` section 8), the layout of
//! QXL 1, memory of surfaces.

use spice_proto::Limits;
use spice_proto::canvas;
use spice_proto::common::{Point, Point16, Rect};
use spice_proto::display::{BitmapFmt, ImageScaleMode, ImageType, MaskFlags, Ropd, SurfaceFmt};
use spice_proto::qxl::command::{Error, ErrorKind};
use spice_proto::qxl::render::{Renderer, Step};
use spice_proto::qxl::*;
use spice_proto::wire::{Encode, GuestAddress};

use crate::guest::Machine;

/// A guest with memory for commands in slot 1, and a renderer with a primary surface of 64x48 in slot 2.
struct Bench {
    machine: Machine,
    renderer: Renderer,
    /// Bytes of slot 1 that are in use.
    used: u64,
}

const COMMANDS: u64 = 1 << 18;
/// Of one command.
const MOST_BYTES: u32 = 1 << 20;
const NOWHERE: Rect = Rect { top: 0, left: 0, bottom: 0, right: 0 };

impl Bench {
    fn new(format: SurfaceFmt, stride: i32) -> Self {
        let mut machine = Machine::default();
        machine.add_slot((1, 1, 1), 0, COMMANDS, &[]);
        machine.add_slot((1, 2, 1), 0, 1 << 16, &[]);
        let mut limits = Limits::default();
        limits.qxl_object_bytes = MOST_BYTES;
        let mut renderer = Renderer::new(&limits, 8);
        let create = QxlSurfaceCreate {
            width: 64,
            height: 48,
            stride,
            format,
            position: 0,
            mouse_mode: 1,
            flags: QxlSurfaceFlags::empty(),
            type_: QxlSurfaceType::PRIMARY,
            mem: address(2, 0),
        };
        renderer.create_primary(machine.guest(), 1, &create).unwrap();
        Self { machine, renderer, used: 64 }
    }

    fn xrgb() -> Self {
        Self::new(SurfaceFmt::FMT_32_XRGB, 256)
    }

    /// Puts bytes into slot 1.
    fn put(&mut self, bytes: &[u8]) -> GuestAddress {
        let at = self.used;
        self.put_at(at, bytes);
        self.used += (bytes.len() as u64).next_multiple_of(8);
        address(1, at)
    }

    fn put_at(&mut self, at: u64, bytes: &[u8]) {
        self.machine.memory.write(Region::Ram, at, bytes).unwrap();
    }

    fn put_encoded<'a>(&mut self, value: &impl Encode<'a>) -> GuestAddress {
        let bytes = value.encode_to_vec().unwrap();
        self.put(&bytes)
    }

    fn execute(&mut self, type_: QxlCmdType, data: GuestAddress) -> Result<Step<'_>, Error> {
        self.execute_with(type_, data, QxlCommandFlags::empty())
    }

    fn execute_with(
        &mut self,
        type_: QxlCmdType,
        data: GuestAddress,
        flags: QxlCommandFlags,
    ) -> Result<Step<'_>, Error> {
        let ring = if type_ == QxlCmdType::CURSOR { RingName::Cursor } else { RingName::Command };
        let command = QxlCommandExt { cmd: QxlCommand { data, type_ }, group_id: 1, flags };
        self.renderer.execute(self.machine.guest(), ring, &command)
    }

    fn draw(&mut self, bbox: Rect, type_: QxlDrawType, body: QxlDrawableBody<'_>) -> Result<(), ErrorKind> {
        let at = self.put_encoded(&drawable(bbox, type_, body));
        self.execute(QxlCmdType::DRAW, at).map(drop).map_err(|error| error.kind())
    }

    /// A later command works.
    fn still_works(&mut self) {
        self.draw(Rect::new(1, 1, 1, 1), QxlDrawType::FILL, fill(0x0012_3456)).unwrap();
        assert_eq!(self.pixel(0, 1, 1), [0x56, 0x34, 0x12]);
        self.draw(Rect::new(1, 1, 1, 1), QxlDrawType::FILL, fill(0)).unwrap();
    }

    fn pixel(&self, surface: u32, x: usize, y: u32) -> [u8; 3] {
        let row = self.renderer.canvas().surface(surface).unwrap().row(y);
        row[4 * x..4 * x + 3].try_into().unwrap()
    }

    /// An image of 32 bits a pixel, in chunks of these sizes.
    fn image(&mut self, width: u32, height: u32, pixels: &[u8], sizes: &[usize]) -> GuestAddress {
        let data = self.chunks(pixels, sizes);
        let bitmap = QxlBitmap {
            format: BitmapFmt::FMT_32BIT,
            flags: QxlBitmapFlags::TOP_DOWN,
            x: width,
            y: height,
            stride: 4 * width,
            palette: GuestAddress::NULL,
            data,
        };
        self.put_encoded(&image_of(width, height, bitmap))
    }

    fn chunks(&mut self, bytes: &[u8], sizes: &[usize]) -> GuestAddress {
        let (mut rest, mut next) = (bytes, GuestAddress::NULL);
        let mut pieces = Vec::new();
        for size in sizes {
            let (piece, behind) = rest.split_at(*size);
            pieces.push(piece);
            rest = behind;
        }
        assert!(rest.is_empty());
        for piece in pieces.into_iter().rev() {
            let head = QxlDataChunk {
                data_size: piece.len() as u32,
                prev_chunk: GuestAddress(u64::MAX),
                next_chunk: next,
            };
            next = self.put(&[&head.encode_to_vec().unwrap(), piece].concat());
        }
        next
    }
}

fn address(slot: u64, offset: u64) -> GuestAddress {
    GuestAddress(slot << 56 | 1 << 48 | offset)
}

fn drawable<'a>(bbox: Rect, type_: QxlDrawType, body: QxlDrawableBody<'a>) -> QxlDrawable<'a> {
    QxlDrawable {
        release_info: 0,
        surface_id: 0,
        effect: QxlEffectType::OPAQUE,
        type_,
        self_bitmap: 0,
        self_bitmap_area: NOWHERE,
        bbox,
        clip: QxlClip { type_: QxlClipType::NONE, data: GuestAddress::NULL },
        mm_time: 0,
        surfaces_dest: [-1; 3],
        surfaces_rects: [NOWHERE; 3],
        body,
    }
}

fn no_mask() -> QxlQMask {
    QxlQMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: GuestAddress::NULL }
}

fn solid<'a>(colour: u32) -> QxlBrush<'a> {
    QxlBrush { type_: QxlBrushType::SOLID, body: QxlBrushBody::Color(colour) }
}

fn fill<'a>(colour: u32) -> QxlDrawableBody<'a> {
    QxlDrawableBody::Fill(QxlFill { brush: solid(colour), rop_descriptor: Ropd::OP_PUT, mask: no_mask() })
}

fn copy<'a>(src_bitmap: GuestAddress, src_area: Rect) -> QxlDrawableBody<'a> {
    QxlDrawableBody::Copy(QxlCopy {
        src_bitmap,
        src_area,
        rop_descriptor: Ropd::OP_PUT,
        scale_mode: ImageScaleMode::NEAREST,
        mask: no_mask(),
    })
}

fn image_of(width: u32, height: u32, bitmap: QxlBitmap) -> QxlImage {
    let descriptor =
        QxlImageDescriptor { id: 0, type_: ImageType::BITMAP, flags: QxlImageFlags::empty(), width, height };
    QxlImage { descriptor, body: QxlImageBody::Bitmap(bitmap) }
}

fn noise(len: usize) -> Vec<u8> {
    (0..len as u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect()
}

/// A cursor command whose shape has this header and these chunks.
fn set_cursor(bench: &mut Bench, size: (u16, u16), data: &[u8], sizes: &[usize]) -> GuestAddress {
    let first = bench.chunks(&data[sizes[0]..], &sizes[1..]);
    let header = QxlCursorHeader {
        unique: 0,
        type_: QxlCursorType::ALPHA,
        width: size.0,
        height: size.1,
        hot_spot_x: 0,
        hot_spot_y: 0,
    };
    let chunk =
        QxlDataChunk { data_size: sizes[0] as u32, prev_chunk: GuestAddress::NULL, next_chunk: first };
    let cursor = QxlCursor { header, data_size: data.len() as u32, chunk };
    let shape = bench.put(&[&cursor.encode_to_vec().unwrap(), &data[..sizes[0]]].concat());
    let set = QxlCursorSet { position: Point16 { x: 3, y: 4 }, visible: 1, shape };
    bench.put_encoded(&QxlCursorCmd {
        release_info: 0,
        type_: QxlCursorCmdType::SET,
        body: QxlCursorCmdBody::Set(set),
        device_data: &[0; 128],
    })
}

#[test]
fn a_cursor_in_three_chunks_of_different_sizes() {
    // Other devices took the second chunk to be as long as the first one, and refused it.
    let mut bench = Bench::xrgb();
    let pixels = noise(57 * 55 * 4);
    let at = set_cursor(&mut bench, (57, 55), &pixels, &[8118, 3876, 546]);
    bench.execute(QxlCmdType::CURSOR, at).unwrap();
    let shape = bench.renderer.cursor().shape().unwrap();
    assert_eq!(shape.pixels().data(), pixels);
}

#[test]
fn a_cursor_whose_size_overflows() {
    let mut bench = Bench::xrgb();
    let at = set_cursor(&mut bench, (65535, 65535), &noise(64), &[64]);
    let error = bench.execute(QxlCmdType::CURSOR, at).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Canvas(canvas::ErrorKind::Limit { .. })), "{error}");
    let at = set_cursor(&mut bench, (64, 64), &noise(64), &[64]);
    let error = bench.execute(QxlCmdType::CURSOR, at).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Canvas(canvas::ErrorKind::Truncated { .. })), "{error}");
    assert!(bench.renderer.cursor().shape().is_none());
    bench.still_works();
}

/// QEMU gl#1787 and gl#2261: a pointer whose command was freed while it was still shown.
#[test]
fn a_cursor_outlives_its_command() {
    let mut bench = Bench::xrgb();
    let pixels = noise(32 * 32 * 4);
    let at = set_cursor(&mut bench, (32, 32), &pixels, &[4096]);
    bench.execute(QxlCmdType::CURSOR, at).unwrap();
    // Released: the guest writes something else there.
    bench.put_at(0, &vec![0xff; bench.used as usize]);
    assert_eq!(bench.renderer.cursor().shape().unwrap().pixels().data(), pixels);
    let error = bench.execute(QxlCmdType::CURSOR, at).unwrap_err();
    assert_eq!((error.object(), error.address()), ("cursor_cmd", at), "{error}");
    bench.used = 64;
    let place = QxlCursorCmdBody::Position(Point16 { x: 9, y: 8 });
    let at = bench.put_encoded(&QxlCursorCmd {
        release_info: 0,
        type_: QxlCursorCmdType::MOVE,
        body: place,
        device_data: &[0; 128],
    });
    bench.execute(QxlCmdType::CURSOR, at).unwrap();
    let cursor = bench.renderer.cursor();
    assert_eq!(cursor.position(), Point16 { x: 9, y: 8 });
    assert_eq!(cursor.shape().unwrap().pixels().data(), pixels);
    bench.still_works();
}

#[test]
fn structures_at_the_end_of_a_slot() {
    let mut bench = Bench::xrgb();
    let update = QxlUpdateCmd { release_info: 0, area: NOWHERE, update_id: 1, surface_id: 0 };
    let bytes = update.encode_to_vec().unwrap();
    bench.put_at(COMMANDS - 32, &bytes);
    bench.execute(QxlCmdType::UPDATE, address(1, COMMANDS - 32)).unwrap();
    for short in [1, 8, 31, 32] {
        let error = bench.execute(QxlCmdType::UPDATE, address(1, COMMANDS - 32 + short)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Address(AddressErrorKind::Range));
    }
    for kind in [QxlCmdType::DRAW, QxlCmdType::CURSOR, QxlCmdType::SURFACE] {
        let error = bench.execute(kind, address(1, COMMANDS - 20)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Address(AddressErrorKind::Range), "{error}");
        assert_eq!(error.address(), address(1, COMMANDS - 20));
    }
    bench.still_works();
}

#[test]
fn addresses_on_record() {
    let mut bench = Bench::xrgb();
    let kinds = [
        // Slot 218 (LP#1762558), a generation that the slot has not, addresses that wrap round.
        (0xda8e_21fb_da8e_21fb, AddressErrorKind::Slot),
        (0x016e_0000_0000_0040, AddressErrorKind::Generation),
        (0x0101_ffff_ffff_ffff, AddressErrorKind::Range),
        (0, AddressErrorKind::Null),
    ];
    for (at, kind) in kinds {
        for command in [QxlCmdType::DRAW, QxlCmdType::UPDATE, QxlCmdType::SURFACE, QxlCmdType::CURSOR] {
            let error = bench.execute(command, GuestAddress(at)).unwrap_err();
            match error.kind() {
                ErrorKind::Address(found) => assert_eq!(found, kind),
                found => assert!(found == ErrorKind::Null && at == 0, "{error}"),
            }
        }
    }
    let mut command = drawable(Rect::new(0, 0, 4, 4), QxlDrawType::FILL, fill(1));
    command.surface_id = 1_048_576;
    let at = bench.put_encoded(&command);
    assert_eq!(bench.execute(QxlCmdType::DRAW, at).unwrap_err().kind(), ErrorKind::NoSurface(1_048_576));
    bench.still_works();
}

#[test]
fn commands_in_the_memory_of_surfaces() {
    let mut bench = Bench::xrgb();
    bench.machine.add_slot_in(Region::Vram, (1, 3, 1), 0x1000, 4096);
    let command = drawable(Rect::new(0, 0, 4, 4), QxlDrawType::FILL, fill(0x00aa_bbcc));
    let bytes = command.encode_to_vec().unwrap();
    bench.machine.memory.write(Region::Vram, 64, &bytes).unwrap();
    bench.execute(QxlCmdType::DRAW, address(3, 0x1000 + 64)).unwrap();
    assert_eq!(bench.pixel(0, 3, 3), [0xcc, 0xbb, 0xaa]);
}

#[test]
fn updates_of_surfaces_that_are_not_there() {
    let mut bench = Bench::xrgb();
    let Bench { machine, renderer, .. } = &mut bench;
    let error = renderer.update_area(machine.guest(), 5, Rect::of_size(4, 4)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSurface(5));
    renderer.destroy_surfaces();
    let error = renderer.update_area(machine.guest(), 0, Rect::of_size(4, 4)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSurface(0));
    let update = QxlUpdateCmd { release_info: 0, area: NOWHERE, update_id: 1, surface_id: 0 };
    let at = bench.put_encoded(&update);
    assert_eq!(bench.execute(QxlCmdType::UPDATE, at).unwrap_err().kind(), ErrorKind::NoSurface(0));
}

#[test]
fn chunks_may_be_cut_anywhere() {
    let pixels = noise(16 * 16 * 4);
    let area = Rect::of_size(16, 16);
    for sizes in [&[1024][..], &[0, 64, 960], &[1, 2, 3, 1018], &[1000, 0, 0, 24], &[1023, 1]] {
        let mut bench = Bench::xrgb();
        let image = bench.image(16, 16, &pixels, sizes);
        bench.draw(Rect::new(2, 3, 16, 16), QxlDrawType::COPY, copy(image, area)).unwrap();
        for y in 0..16 {
            for x in 0..16 {
                let expected: [u8; 3] = pixels[64 * y + 4 * x..][..3].try_into().unwrap();
                assert_eq!(bench.pixel(0, x + 2, y as u32 + 3), expected, "{sizes:?}");
            }
        }
    }
}

#[test]
fn chunks_without_end_and_of_all_sizes() {
    let mut bench = Bench::xrgb();
    let area = Rect::of_size(16, 16);
    let huge =
        QxlDataChunk { data_size: u32::MAX, prev_chunk: GuestAddress::NULL, next_chunk: GuestAddress::NULL };
    let data = bench.put_encoded(&huge);
    let bitmap = |data| QxlBitmap {
        format: BitmapFmt::FMT_32BIT,
        flags: QxlBitmapFlags::TOP_DOWN,
        x: 16,
        y: 16,
        stride: 64,
        palette: GuestAddress::NULL,
        data,
    };
    let image = bench.put_encoded(&image_of(16, 16, bitmap(data)));
    let refused = bench.draw(area, QxlDrawType::COPY, copy(image, area)).unwrap_err();
    assert_eq!(refused, ErrorKind::Size { stated: 1024, present: u32::MAX.into() });
    // Two million links, all of them to an empty chunk that leads to itself.
    let at = address(1, bench.used);
    let ring = QxlDataChunk { data_size: 0, prev_chunk: GuestAddress::NULL, next_chunk: at };
    let ring = bench.put_encoded(&ring);
    assert_eq!(ring, at);
    let image = bench.put_encoded(&image_of(16, 16, bitmap(ring)));
    let refused = bench.draw(area, QxlDrawType::COPY, copy(image, area)).unwrap_err();
    assert_eq!(refused, ErrorKind::Limit { wanted: 65_537, allowed: 65_536 });
    // A path may have any length; one that grows for ever meets the limit of a command.
    let at = address(1, bench.used);
    let chunk = QxlDataChunk { data_size: 8192, prev_chunk: GuestAddress::NULL, next_chunk: at.plus(4) };
    let path = QxlPath { data_size: 8192, chunk };
    bench.put(&[path.encode_to_vec().unwrap(), vec![0; 8192]].concat());
    let stroke = QxlStroke {
        path: at,
        attr: QxlLineAttr {
            flags: Default::default(),
            join_style: 0,
            end_style: 0,
            style_nseg: 0,
            width: 0,
            miter_limit: 0,
            style: GuestAddress::NULL,
        },
        brush: solid(0),
        fore_mode: Ropd::OP_PUT,
        back_mode: Ropd::OP_PUT,
    };
    let refused = bench.draw(area, QxlDrawType::STROKE, QxlDrawableBody::Stroke(stroke)).unwrap_err();
    assert!(matches!(refused, ErrorKind::Limit { allowed: 1_048_576, .. }), "{refused:?}");
    bench.still_works();
}

#[test]
fn the_layout_of_qxl_1() {
    let mut bench = Bench::xrgb();
    let compat = |type_, body| QxlCompatDrawable {
        release_info: 0,
        effect: QxlEffectType::OPAQUE,
        type_,
        bitmap_offset: 0,
        bitmap_area: NOWHERE,
        bbox: Rect::new(8, 8, 4, 4),
        clip: QxlClip { type_: QxlClipType::NONE, data: GuestAddress::NULL },
        mm_time: 0,
        body,
    };
    let body = QxlFill { brush: solid(0b11111_00000_10000), rop_descriptor: Ropd::OP_PUT, mask: no_mask() };
    let at = bench.put_encoded(&compat(QxlDrawType::FILL, QxlCompatDrawableBody::Fill(body)));
    bench.execute_with(QxlCmdType::DRAW, at, QxlCommandFlags::COMPAT).unwrap();
    assert_eq!(bench.pixel(0, 8, 8), [0x10, 0x7c, 0x00]);
    let narrow = QxlCommandFlags::COMPAT | QxlCommandFlags::COMPAT_16BPP;
    bench.execute_with(QxlCmdType::DRAW, at, narrow).unwrap();
    assert_eq!(bench.pixel(0, 8, 8), [0x84, 0x00, 0xff]);
    assert_eq!(bench.pixel(0, 12, 8), [0; 3]);
    // A palette of 555, and an alpha blend without flags.
    let palette = QxlPalette { unique: 0, ents: (&[0, 0b00000_11111_00000][..]).into() };
    let palette = bench.put_encoded(&palette);
    let data = bench.chunks(&[1, 0, 1, 1], &[4]);
    let bitmap = QxlBitmap {
        format: BitmapFmt::FMT_8BIT,
        flags: QxlBitmapFlags::TOP_DOWN,
        x: 4,
        y: 1,
        stride: 4,
        palette,
        data,
    };
    let image = bench.put_encoded(&image_of(4, 1, bitmap));
    let body = QxlCompatAlphaBlend { alpha: 255, src_bitmap: image, src_area: Rect::of_size(4, 1) };
    let mut command = compat(QxlDrawType::ALPHA_BLEND, QxlCompatDrawableBody::AlphaBlend(body));
    command.bbox = Rect::new(0, 0, 4, 1);
    let at = bench.put_encoded(&command);
    bench.execute_with(QxlCmdType::DRAW, at, narrow).unwrap();
    assert_eq!([0, 1, 2].map(|x| bench.pixel(0, x, 0)), [[0, 255, 0], [0; 3], [0, 255, 0]]);
    let update = QxlCompatUpdateCmd { release_info: 0, area: Rect::of_size(64, 48), update_id: 1 };
    let at = bench.put_encoded(&update);
    let step = bench.execute_with(QxlCmdType::UPDATE, at, QxlCommandFlags::COMPAT).unwrap();
    assert!(matches!(step, Step::Updated { surface_id: 0, .. }));
}

#[test]
fn a_drawing_reads_its_own_surface_as_it_was() {
    let mut bench = Bench::xrgb();
    bench.draw(Rect::new(0, 0, 4, 4), QxlDrawType::FILL, fill(0x00ff_0000)).unwrap();
    bench.draw(Rect::new(4, 0, 4, 4), QxlDrawType::FILL, fill(0x0000_00ff)).unwrap();
    let body = QxlTransparent {
        src_bitmap: GuestAddress::NULL,
        src_area: Rect::of_size(8, 4),
        src_color: 0x00ff_0000,
        true_color: 0x00ff_0000,
    };
    let mut command =
        drawable(Rect::new(2, 0, 8, 4), QxlDrawType::TRANSPARENT, QxlDrawableBody::Transparent(body));
    command.self_bitmap = 1;
    command.self_bitmap_area = Rect::of_size(8, 4);
    let at = bench.put_encoded(&command);
    bench.execute(QxlCmdType::DRAW, at).unwrap();
    let (red, blue) = ([0, 0, 255], [255, 0, 0]);
    assert_eq!([1, 3, 5, 7, 9].map(|x| bench.pixel(0, x, 1)), [red, red, blue, blue, blue]);
    command.self_bitmap_area = Rect::of_size(65, 4);
    let at = bench.put_encoded(&command);
    assert!(matches!(bench.execute(QxlCmdType::DRAW, at).unwrap_err().kind(), ErrorKind::Area(_)));
}

#[test]
fn the_same_twice_is_nothing_for_drawings_that_say_so() {
    let mut bench = Bench::xrgb();
    bench.draw(Rect::of_size(64, 48), QxlDrawType::FILL, fill(0x0012_3456)).unwrap();
    let before = bench.renderer.canvas().surface(0).unwrap().clone();
    let body = QxlFill { brush: solid(0x00ff_ffff), rop_descriptor: Ropd::OP_XOR, mask: no_mask() };
    let mut command = drawable(Rect::new(5, 5, 9, 9), QxlDrawType::FILL, QxlDrawableBody::Fill(body));
    command.effect = QxlEffectType::REVERT_ON_DUP;
    let at = bench.put_encoded(&command);
    bench.execute(QxlCmdType::DRAW, at).unwrap();
    assert!(bench.renderer.canvas().surface(0).unwrap() != &before);
    bench.execute(QxlCmdType::DRAW, at).unwrap();
    assert!(bench.renderer.canvas().surface(0).unwrap() == &before);
}

#[test]
fn guest_memory_gets_the_pixels_of_every_format_in_both_orders() {
    let formats = [
        (SurfaceFmt::FMT_1_A, 1),
        (SurfaceFmt::FMT_8_A, 8),
        (SurfaceFmt::FMT_16_555, 16),
        (SurfaceFmt::FMT_16_565, 16),
        (SurfaceFmt::FMT_32_XRGB, 32),
        (SurfaceFmt::FMT_32_ARGB, 32),
    ];
    for (format, bits) in formats {
        for sign in [1, -1] {
            let stride = 64 * bits / 8 + 4;
            let mut bench = Bench::new(format, sign * stride);
            let Bench { machine, renderer, .. } = &mut bench;
            let whole = [Rect::of_size(64, 48)];
            let rects = renderer.update_area(machine.guest(), 0, Rect::of_size(1 << 20, 1 << 20)).unwrap();
            assert_eq!(rects, whole, "all of it is new");
            bench
                .draw(
                    Rect::new(8, 4, 16, 8),
                    QxlDrawType::WHITENESS,
                    QxlDrawableBody::Whiteness(QxlBlackness { mask: no_mask() }),
                )
                .unwrap();
            let Bench { machine, renderer, .. } = &mut bench;
            let half = renderer.update_area(machine.guest(), 0, Rect::of_size(16, 48)).unwrap();
            assert_eq!(half, [Rect::new(8, 4, 8, 8)]);
            let mut ram = vec![0; 1 << 16];
            let read =
                |machine: &Machine, ram: &mut [u8]| machine.memory.read(Region::Ram, COMMANDS, ram).unwrap();
            let row = |y: usize| stride as usize * if sign < 0 { 47 - y } else { y };
            let byte = |x: usize| x * bits as usize / 8;
            read(machine, &mut ram);
            assert_eq!(ram[row(5) + byte(8)], 0xff, "{format:?}");
            assert_eq!(ram[row(5) + byte(16)], 0, "{format:?}");
            let rest = renderer.update_area(machine.guest(), 0, whole[0]).unwrap();
            assert_eq!(rest, [Rect::new(8, 4, 16, 8)], "what was left comes as a whole");
            assert!(renderer.update_area(machine.guest(), 0, whole[0]).unwrap().is_empty());
            read(machine, &mut ram);
            for y in 0..48 {
                let surface = renderer.canvas().surface(0).unwrap();
                assert_eq!(&ram[row(y)..][..surface.stride()], surface.row(y as u32), "{format:?} {sign}");
            }
        }
    }
}

#[test]
fn nothing_is_allocated_once_the_reader_is_warm() {
    let mut bench = Bench::xrgb();
    let pixels = noise(64 * 48 * 4);
    let image = bench.image(64, 48, &pixels, &[4096, 8192]);
    let area = Rect::of_size(64, 48);
    let at = bench.put_encoded(&drawable(area, QxlDrawType::COPY, copy(image, area)));
    bench.execute(QxlCmdType::DRAW, at).unwrap();
    let info = allocation_counter::measure(|| {
        for _ in 0..10 {
            bench.execute(QxlCmdType::DRAW, at).unwrap();
        }
    });
    assert_eq!(info.count_total, 0);
}

trait Plus {
    fn plus(self, offset: u64) -> Self;
}

impl Plus for GuestAddress {
    fn plus(self, offset: u64) -> Self {
        Self(self.0 + offset)
    }
}
