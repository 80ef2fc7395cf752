//! How much hostile inputs make the library hold: the figures of `docs/spec/robustness.md` section 10, printed and bounded.

use bounds::peak;
use jpeg_encoder::ColorType;
use spice_proto::canvas::Canvas;
use spice_proto::common::{Point, Rect};
use spice_proto::display::Blackness;
use spice_proto::display::{
    BitmapData, BitmapDataPal, BitmapFlags, BitmapFmt, Clip, DisplayBase, DrawBlackness, Image, ImageBody,
    ImageDescriptor, ImageFlags, ImageType, MaskFlags, QMask, ServerMessage, SurfaceCreate, SurfaceFlags,
    SurfaceFmt,
};
use spice_proto::frame::{self, HeaderKind};
use spice_proto::image::{SharedCaches, glz, jpeg, lz, quic};
use spice_proto::wire::Pointer;
use spice_proto::{ChannelType, Limits, Origin};

/// Prints a peak and holds it against its bound.
fn within(what: &str, peak: u64, input: usize, bound: u64) {
    println!("{what}: {peak} bytes, of {input}; at most {bound}");
    assert!(peak <= bound, "{what}: {peak} bytes, {bound} promised");
}

#[test]
fn a_quic_row_of_the_longest_side() {
    let side: u32 = 1 << 20;
    let mut stream = Vec::new();
    let row = vec![0; side as usize * 4];
    quic::encode(quic::ImageType::Rgba, side, 1, &row, side as isize * 4, &mut stream).expect("a picture");
    for (kind, bytes) in [(quic::ImageType::Rgba, 4), (quic::ImageType::Rgb32, 4)] {
        if kind == quic::ImageType::Rgb32 {
            stream.clear();
            quic::encode(kind, side, 1, &row, side as isize * 4, &mut stream).expect("a picture");
        }
        let limits = Limits::default();
        let (pixels, most) = peak(|| quic::Decoder::new(&limits).decode(&stream, kind).expect("right"));
        assert_eq!(pixels.len() as u64, bytes * u64::from(side));
        within("quic, 2^20 x 1", most, stream.len(), (bytes + 16) * u64::from(side) + (2 << 20));
    }
    // A longer row is refused with nothing taken.
    let mut long = stream.clone();
    long[12..16].copy_from_slice(&(side + 1).to_le_bytes());
    let (result, most) =
        peak(|| quic::Decoder::new(&Limits::default()).decode(&long, quic::ImageType::Rgb32));
    assert!(result.is_err_and(|error| error.is_limit()));
    assert_eq!(most, 0);
}

#[test]
fn lz_with_alpha_takes_five_bytes_a_pixel() {
    let side = 4096_u32;
    let data = vec![0x55; (side * side * 4) as usize];
    let pixels = lz::Pixels {
        image_type: lz::ImageType::Rgba,
        width: side,
        height: side,
        top_down: true,
        stride: side as usize * 4,
        data: &data,
    };
    let mut stream = Vec::new();
    lz::Encoder::new().encode(&pixels, &mut stream).expect("a picture");
    let count = u64::from(side) * u64::from(side);
    let limits = Limits::default();
    let (result, most) = peak(|| lz::Decoder::new(&limits).decode(&stream, lz::Output::Native).map(drop));
    result.expect("right");
    within("lz rgba", most, stream.len(), 5 * count + (1 << 16));
    // The same claim in front of too few bytes.
    let (result, most) =
        peak(|| lz::Decoder::new(&limits).decode(&stream[..200], lz::Output::Native).map(drop));
    assert!(result.is_err());
    within("lz rgba, cut", most, 200, 1 << 10);

    stream.clear();
    glz::Encoder::new(1 << 25).encode(&pixels, &mut stream).expect("a picture");
    let (result, most) = peak(|| glz::Window::new(&limits).decode(&stream).map(drop));
    result.expect("right");
    within("glz rgba", most, stream.len(), 5 * count + (1 << 16));
    let (result, most) = peak(|| glz::Window::new(&limits).decode(&stream[..200]).map(drop));
    assert!(result.is_err());
    within("glz rgba, cut", most, 200, 1 << 10);
}

#[test]
fn jpeg_takes_its_coefficients_when_it_is_progressive() {
    let side = 2048_u16;
    let count = u64::from(side) * u64::from(side);
    let pixels = vec![0x80; count as usize * 3];
    for (progressive, bound) in [(false, 4 * count + (4 << 20)), (true, 10 * count + (4 << 20))] {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 50);
        encoder.set_progressive(progressive);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
        encoder.encode(&pixels, side, side, ColorType::Rgb).expect("a file");
        let limits = Limits::default();
        let (result, most) = peak(|| jpeg::decode(&file, side.into(), side.into(), &limits).map(drop));
        result.expect("right");
        within(if progressive { "jpeg, progressive" } else { "jpeg" }, most, file.len(), bound);
    }
}

#[test]
fn a_frame_takes_twice_what_has_come() {
    let mut head = vec![101, 0];
    head.extend_from_slice(&(200_u32 << 20).to_le_bytes());
    let mut decoder =
        frame::Decoder::new(Origin::Server, ChannelType::DISPLAY, HeaderKind::Mini, &Limits::default());
    let ((), most) = peak(|| {
        decoder.push(&head);
        let _ = decoder.buffer_mut();
    });
    within("frame, announced 200 MiB", most, head.len(), 128 << 10);
    let piece = vec![0; 64 << 10];
    let ((), most) = peak(|| (0..160).for_each(|_| decoder.push(&piece)));
    // While it grows, both are there.
    within("frame, 10 MiB of them", most, 10 << 20, 3 * (10 << 20) + (1 << 20));
}

#[test]
fn a_chequered_mask_takes_a_rectangle_a_pixel() {
    let side = 512_u32;
    let limits = Limits::default();
    let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
    let create = SurfaceCreate {
        surface_id: 0,
        width: side,
        height: side,
        format: SurfaceFmt::FMT_32_XRGB,
        flags: SurfaceFlags::PRIMARY,
    };
    canvas.apply(&ServerMessage::SurfaceCreate(create), &mut shared).expect("a surface");
    let bits = vec![0x55; (side / 8 * side) as usize];
    let descriptor = ImageDescriptor {
        id: 1,
        type_: ImageType::BITMAP,
        flags: ImageFlags::empty(),
        width: side,
        height: side,
    };
    let bitmap = BitmapData {
        format: BitmapFmt::FMT_1BIT_BE,
        flags: BitmapFlags::TOP_DOWN,
        x: side,
        y: side,
        stride: side / 8,
        pal: BitmapDataPal::Palette(None),
        data: &bits,
    };
    let image = Image { descriptor, body: ImageBody::Bitmap(bitmap) };
    let draw = DrawBlackness {
        base: DisplayBase { surface_id: 0, box_: Rect::new(0, 0, side, side), clip: Clip::default() },
        data: Blackness {
            mask: QMask {
                flags: MaskFlags::empty(),
                pos: Point { x: 0, y: 0 },
                bitmap: Some(Pointer::from(&image)),
            },
        },
    };
    let count = u64::from(side) * u64::from(side);
    let (result, most) = peak(|| canvas.apply(&ServerMessage::DrawBlackness(draw), &mut shared).map(|_| ()));
    result.expect("drawn");
    // A run for two pixels, and half as much again while the list grows.
    within("mask", most, bits.len(), 16 * count / 2 * 3 / 2 + count + (1 << 16));
}
