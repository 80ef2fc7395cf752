//! Commands of a QXL guest: from its memory to messages, by kind; and a recorded session, from its file to the picture.
//!
//! Compare with the plain copy of the same run.

use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use spice_proto::Limits;
use spice_proto::common::{Point, Rect};
use spice_proto::display::{BitmapFmt, ImageScaleMode, ImageType, MaskFlags, Ropd, SurfaceFmt};
use spice_proto::qxl::command::Reader;
use spice_proto::qxl::recording;
use spice_proto::qxl::render::Renderer;
use spice_proto::qxl::*;
use spice_proto::wire::{Encode, GuestAddress};

fn main() {
    let mut criterion = Criterion::default().measurement_time(Duration::from_secs(3)).configure_from_args();
    commands(&mut criterion);
    session(&mut criterion);
    criterion.final_summary();
}

/// What guest memory holds: a fill, and copies of 64x64 pixels, in one piece and in chunks of 4 KiB.
fn commands(c: &mut Criterion) {
    let mut ram = vec![0; 64];
    let pixels: Vec<u8> = (0..64 * 64_u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    let direct = put(&mut ram, &pixels);
    let mut next = GuestAddress::NULL;
    for piece in pixels.chunks(4096).rev() {
        let data_size = piece.len() as u32;
        let head = QxlDataChunk { data_size, prev_chunk: GuestAddress::NULL, next_chunk: next };
        next = put(&mut ram, &[&head.encode_to_vec().unwrap(), piece].concat());
    }
    let mask = QxlQMask { flags: MaskFlags::empty(), pos: Point { x: 0, y: 0 }, bitmap: GuestAddress::NULL };
    let brush = QxlBrush { type_: QxlBrushType::SOLID, body: QxlBrushBody::Color(0x0012_3456) };
    let fill = QxlFill { brush, rop_descriptor: Ropd::OP_PUT, mask };
    let fill = put_drawable(&mut ram, QxlDrawType::FILL, QxlDrawableBody::Fill(fill));
    let [direct, chunked] =
        [(QxlBitmapFlags::DIRECT, direct), (QxlBitmapFlags::empty(), next)].map(|(flag, data)| {
            let bitmap = QxlBitmap {
                format: BitmapFmt::FMT_32BIT,
                flags: flag | QxlBitmapFlags::TOP_DOWN,
                x: 64,
                y: 64,
                stride: 256,
                palette: GuestAddress::NULL,
                data,
            };
            let (type_, flags) = (ImageType::BITMAP, QxlImageFlags::empty());
            let descriptor = QxlImageDescriptor { id: 0, type_, flags, width: 64, height: 64 };
            let image = QxlImage { descriptor, body: QxlImageBody::Bitmap(bitmap) };
            let src_bitmap = put(&mut ram, &image.encode_to_vec().unwrap());
            let (src_area, scale_mode) = (Rect::of_size(64, 64), ImageScaleMode::NEAREST);
            let copy = QxlCopy { src_bitmap, src_area, rop_descriptor: Ropd::OP_PUT, scale_mode, mask };
            put_drawable(&mut ram, QxlDrawType::COPY, QxlDrawableBody::Copy(copy))
        });

    let len = ram.len() as u64;
    let memory = GuestMemory::from_bytes(ram, vec![0; 1920 * 1080 * 4], Vec::new());
    let mut slots = Slots::default();
    let slot = Slot { region: Region::Ram, offset: 0, len, first: 0, generation: 0 };
    slots.set(1, 1, slot).unwrap();
    slots.set(1, 2, Slot { region: Region::Vram, len: 1920 * 1080 * 4, ..slot }).unwrap();
    let guest = Guest { memory: &memory, slots: &slots };
    let create = QxlSurfaceCreate {
        width: 1920,
        height: 1080,
        stride: 1920 * 4,
        format: SurfaceFmt::FMT_32_XRGB,
        position: 0,
        mouse_mode: 1,
        flags: QxlSurfaceFlags::empty(),
        type_: QxlSurfaceType::PRIMARY,
        mem: GuestAddress(2 << 56),
    };
    let mut renderer = Renderer::new(&Limits::default(), 1024);
    renderer.create_primary(guest, 1, &create).unwrap();
    let mut reader = Reader::new(&Limits::default(), 1024);

    let mut group = c.benchmark_group("qxl");
    group.throughput(Throughput::Elements(1));
    let mut copied = vec![0; pixels.len()];
    group.bench_function("plain copy of 64x64", |b| b.iter(|| copied.copy_from_slice(black_box(&pixels))));
    for (name, data) in [("fill", fill), ("copy 64x64, direct", direct), ("copy 64x64, chunks", chunked)] {
        let cmd = QxlCommand { data, type_: QxlCmdType::DRAW };
        let command = QxlCommandExt { cmd, group_id: 1, flags: QxlCommandFlags::empty() };
        let canvas = renderer.canvas();
        group.bench_function(format!("{name}, to a message"), |b| {
            b.iter(|| {
                black_box(reader.read(guest, RingName::Command, black_box(&command), canvas)).unwrap();
            });
        });
        group.bench_function(format!("{name}, executed"), |b| {
            b.iter(|| {
                black_box(renderer.execute(guest, RingName::Command, black_box(&command))).unwrap();
            });
        });
    }
    group.finish();
}

/// A recorded session of every kind of drawing.
fn session(c: &mut Criterion) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/ops-off/qxl-commands.rec.zst");
    let mut bytes = Vec::new();
    let packed = std::fs::File::open(file).unwrap();
    ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut bytes).unwrap();
    let mut group = c.benchmark_group("qxl recording");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("ops-off, read", |b| b.iter(|| events(&bytes, |_| {})));
    group.bench_function("ops-off, to the picture", |b| {
        b.iter(|| {
            let mut renderer = Renderer::new(&Limits::default(), 1024);
            events(&bytes, |event| _ = black_box(event.play(&mut renderer)));
        });
    });
    group.finish();
}

fn events(mut bytes: &[u8], mut each: impl FnMut(&recording::Event<'_>)) {
    let mut reader = recording::Reader::new(&Limits::default());
    while let Some(event) = reader.next(&mut bytes).unwrap() {
        each(&event);
    }
}

fn put(ram: &mut Vec<u8>, bytes: &[u8]) -> GuestAddress {
    let at = ram.len() as u64;
    ram.extend_from_slice(bytes);
    GuestAddress(1 << 56 | at)
}

fn put_drawable(ram: &mut Vec<u8>, type_: QxlDrawType, body: QxlDrawableBody<'_>) -> GuestAddress {
    let nowhere = Rect::of_size(0, 0);
    let drawable = QxlDrawable {
        release_info: 0,
        surface_id: 0,
        effect: QxlEffectType::OPAQUE,
        type_,
        self_bitmap: 0,
        self_bitmap_area: nowhere,
        bbox: Rect::new(100, 100, 64, 64),
        clip: QxlClip { type_: QxlClipType::NONE, data: GuestAddress::NULL },
        mm_time: 0,
        surfaces_dest: [-1; 3],
        surfaces_rects: [nowhere; 3],
        body,
    };
    put(ram, &drawable.encode_to_vec().unwrap())
}
