//! The wrapped forms of pictures both ways: zlib around GLZ (in bytes of GLZ), LZ4 and JPEG (in bytes of raw pixels); and
//! what `image::Encoder` chooses for each wish, next to what other choices would have made.
//!
//! `cargo bench -p spice-proto-benches --bench forms --features jpeg,lz4,zlib -- ui` runs what has "ui" in its name;
//! compare the figures of one run with each other only. `SPICE_PROTO_PICTURES` names a folder of other pictures, as for `--bench image`.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use spice_proto::display::{BitmapFmt, ImageCompression, ImageFlags};
use spice_proto::image::bitmap::{self, Bitmap};
use spice_proto::image::{Coding, Encoder, Format, View, glz, jpeg, lz, lz4, zlib_glz};
use spice_proto::{Encode, Limits};

mod pictures;

use pictures::{Frame, pictures};

fn benches(c: &mut Criterion) {
    let pictures = pictures();
    for frame in &pictures {
        zlib(c, &frame.name, frame);
        blocks(c, &frame.name, frame);
        files(c, &frame.name, frame);
        choices(c, frame);
    }
    if let [frame, ..] = &pictures[..] {
        bitmaps(c, frame);
    }
}

/// Measures one direction of one form.
fn run(c: &mut Criterion, class: &str, what: &str, bytes: usize, mut run: impl FnMut()) {
    let mut group = c.benchmark_group(class);
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function(what, |b| b.iter(&mut run));
    group.finish();
}

fn source(frame: &Frame) -> Bitmap<'_> {
    let (width, height) = (frame.width as u32, frame.height as u32);
    let format = BitmapFmt::FMT_32BIT;
    Bitmap { format, width, height, stride: width * 4, top_down: true, data: &frame.data }
}

fn zlib(c: &mut Criterion, class: &str, frame: &Frame) {
    let Bitmap { width, height, data, .. } = source(frame);
    let image_type = lz::ImageType::Rgb32;
    let pixels = lz::Pixels { image_type, width, height, stride: frame.width * 4, top_down: true, data };
    let mut stream = Vec::new();
    glz::Encoder::new(1 << 24).encode(&pixels, &mut stream).expect("a picture");
    let (mut encoder, mut zlib) = (zlib_glz::Encoder::new(), Vec::new());
    let mut encode = || {
        zlib.clear();
        encoder.encode(black_box(&stream), &mut zlib).expect("bytes")
    };
    run(c, class, "deflate glz", stream.len(), || {
        black_box(encode());
    });
    if !encode() {
        return;
    }
    println!(
        "{class}: zlib makes {:.2} times less of {} bytes",
        stream.len() as f64 / zlib.len() as f64,
        stream.len()
    );
    let mut decoder = zlib_glz::Decoder::new(&Limits::default());
    run(c, class, "inflate glz", stream.len(), || {
        black_box(decoder.decode(black_box(&zlib), stream.len() as u32, width, height).expect("a stream"));
    });
}

fn blocks(c: &mut Criterion, class: &str, frame: &Frame) {
    let bitmap = source(frame);
    let (mut encoder, mut data) = (lz4::Encoder::new(), Vec::new());
    run(c, class, "encode lz4", frame.data.len(), || {
        data.clear();
        encoder.encode(black_box(&bitmap), &mut data).expect("a picture");
    });
    let limits = Limits::default();
    run(c, class, "decode lz4", frame.data.len(), || {
        black_box(lz4::decode(black_box(&data), bitmap.width, bitmap.height, &limits).expect("a picture"));
    });
}

fn files(c: &mut Criterion, class: &str, frame: &Frame) {
    let bitmap = source(frame);
    let (mut encoder, mut file) = (jpeg::Encoder::new(), Vec::new());
    run(c, class, "encode jpeg", frame.data.len(), || {
        file.clear();
        encoder.encode(black_box(&bitmap), 85, &mut file).expect("a picture");
    });
    file.clear();
    encoder.encode(&bitmap, 85, &mut file).expect("a picture");
    println!("{class}: jpeg makes {:.2} times less", frame.data.len() as f64 / file.len() as f64);
    let limits = Limits::default();
    run(c, class, "decode jpeg", frame.data.len(), || {
        black_box(jpeg::decode(black_box(&file), bitmap.width, bitmap.height, &limits).expect("a picture"));
    });
}

/// The front door, with each wish and a client that can do everything.
fn choices(c: &mut Criterion, frame: &Frame) {
    let (width, height) = (frame.width as u32, frame.height as u32);
    let view = View::new(Format::Xrgb8888, width, height, &frame.data, frame.width * 4, true).expect("rows");
    let wishes = [
        ("AUTO_GLZ", ImageCompression::AUTO_GLZ),
        ("AUTO_LZ", ImageCompression::AUTO_LZ),
        ("QUIC", ImageCompression::QUIC),
        ("GLZ", ImageCompression::GLZ),
        ("LZ", ImageCompression::LZ),
        ("LZ4", ImageCompression::LZ4),
    ];
    for (name, compression) in wishes {
        for slow in [false, true] {
            let mut coding = Coding::default();
            (coding.compression, coding.lz4, coding.zlib) = (compression, true, slow);
            coding.jpeg_quality = slow.then_some(85);
            let (mut encoder, mut dictionary) = (Encoder::new(), glz::Encoder::new(1 << 24));
            let mut made = (String::new(), 0);
            let what = format!("wish {name}{}", if slow { ", slow link" } else { "" });
            run(c, &frame.name, &what, frame.data.len(), || {
                dictionary.clear();
                let image = encoder.encode(view, 1, ImageFlags::empty(), &coding, Some(&mut dictionary));
                let image = image.expect("a picture");
                made = (format!("{:?}", image.descriptor.type_), image.encoded_len().expect("an image"));
            });
            println!("{}/{what}: {} of {} bytes", frame.name, made.0, made.1);
        }
    }
}

/// Raw pixels, in bytes of the result.
fn bitmaps(c: &mut Criterion, frame: &Frame) {
    let bitmap = source(frame);
    let limits = Limits::default();
    let indexes: Vec<u8> = frame.data.chunks(4).map(|pixel| pixel[1]).collect();
    let palette: Vec<u32> = (0..256).map(|i| i * 0x01_0101).collect();
    let stride = bitmap.width;
    let sources = [
        ("32bit", bitmap),
        ("32bit bottom up", Bitmap { top_down: false, ..bitmap }),
        ("24bit", Bitmap { format: BitmapFmt::FMT_24BIT, stride: stride * 3, ..bitmap }),
        ("8bit", Bitmap { format: BitmapFmt::FMT_8BIT, stride, data: &indexes, ..bitmap }),
        (
            "1bit",
            Bitmap { format: BitmapFmt::FMT_1BIT_BE, stride: stride.div_ceil(8), data: &indexes, ..bitmap },
        ),
    ];
    for (what, source) in sources {
        run(c, "bitmap", what, frame.data.len(), || {
            black_box(
                bitmap::decode(black_box(&source), &palette, Format::Xrgb8888, &limits).expect("a picture"),
            );
        });
    }
    let mut copy = Vec::new();
    run(c, "bitmap", "copy of the pixels", frame.data.len(), || {
        copy = black_box(&frame.data).clone();
    });
    black_box(&copy);
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
