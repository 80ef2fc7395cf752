//! The image codecs both ways, with every type of pixels, beside a plain copy and other codecs.
//!
//! The pictures are made up, or those of a folder:
//! `SPICE_PROTO_PICTURES=folder cargo bench -p spice-proto-benches --bench image`. `-- quic` runs what has "quic" in its name. Throughput is in bytes of raw pixels of the type. Compare the figures of
//! one run with each other only, first of all with its copy; `docs/performance-images.md` shows how.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use spice_proto::Limits;
use spice_proto::image::{glz, lz, quic};

mod pictures;

use pictures::{Frame, pictures};

fn benches(c: &mut Criterion) {
    let pictures = pictures();
    for frame in &pictures {
        Bench::new(c, frame).all();
        if frame.width.min(frame.height) >= 64 {
            Bench::new(c, &frame.cut(64, 64)).all();
        }
    }
    // Those of a folder may be frames of one screen, one after the other.
    if let [first, rest @ ..] = &pictures[..]
        && rest.iter().all(|frame| (frame.width, frame.height) == (first.width, first.height))
    {
        let frames: Vec<_> = pictures.iter().map(|frame| frame.map(rgb32)).collect();
        let frames: Vec<_> = frames.iter().map(Vec::as_slice).collect();
        Bench::new(c, first).in_turn("last of all", &frames);
    }
}

struct Bench<'a> {
    c: &'a mut Criterion,
    group: String,
    frame: &'a Frame,
}

impl<'a> Bench<'a> {
    fn new(c: &'a mut Criterion, frame: &'a Frame) -> Self {
        let group = format!("{} {}x{}", frame.name, frame.width, frame.height);
        Self { c, group, frame }
    }

    fn all(&mut self) {
        let frame = self.frame;
        let mut copy = vec![0; frame.data.len()];
        self.run("memcpy", frame.data.len(), || {
            black_box(&mut copy).copy_from_slice(black_box(&frame.data));
        });
        self.quic("gray", quic::ImageType::Gray, &frame.map(|pixel| [luma(pixel)]));
        self.quic("rgb16", quic::ImageType::Rgb16, &frame.map(rgb16));
        self.quic("rgb24", quic::ImageType::Rgb24, &frame.map(|[b, g, r, _]| [b, g, r]));
        self.quic("rgb32", quic::ImageType::Rgb32, &frame.map(rgb32));
        self.quic("rgba", quic::ImageType::Rgba, &frame.data);
        // Most pictures are opaque: the same with an alpha as lively as the colours.
        let lively = frame.map(|pixel @ [b, g, r, _]| [b, g, r, luma(pixel)]);
        self.quic("rgba-lively", quic::ImageType::Rgba, &lively);
        self.lz("plt8", lz::ImageType::Plt8, &frame.map(|[b, g, r, _]| [b >> 6 << 6 | g >> 5 << 3 | r >> 5]));
        self.lz("rgb16", lz::ImageType::Rgb16, &frame.map(rgb16));
        self.lz("rgb24", lz::ImageType::Rgb24, &frame.map(|[b, g, r, _]| [b, g, r]));
        self.lz("rgb32", lz::ImageType::Rgb32, &frame.map(rgb32));
        self.lz("rgba", lz::ImageType::Rgba, &frame.data);
        self.glz();
        self.others();
    }

    /// Measures one direction of one codec.
    fn run(&mut self, what: &str, bytes: usize, mut run: impl FnMut()) {
        let mut group = self.c.benchmark_group(&self.group);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(what, |b| b.iter(&mut run));
        group.finish();
    }

    /// How much smaller a stream is: criterion has no place for it.
    fn ratio(&self, what: &str, bytes: usize, len: usize) {
        println!("{}/{what}: {:.3} times less", self.group, bytes as f64 / len as f64);
    }

    fn quic(&mut self, name: &str, kind: quic::ImageType, data: &[u8]) {
        let (width, height) = (self.frame.width as u32, self.frame.height as u32);
        let row = (data.len() / self.frame.height) as isize;
        let (mut encoder, mut stream) = (quic::Encoder::new(), Vec::new());
        let mut encode = || {
            stream.clear();
            encoder.encode(kind, width, height, black_box(data), row, &mut stream).expect("a picture");
        };
        self.run(&format!("quic {name} encode"), data.len(), &mut encode);
        encode();
        self.ratio(&format!("quic {name}"), data.len(), stream.len());
        let (mut decoder, mut out) = (quic::Decoder::new(&Limits::default()), vec![0; data.len()]);
        let mut decode = || decoder.decode_into(black_box(&stream), kind, &mut out, row).expect("a stream");
        self.run(&format!("quic {name} decode"), data.len(), &mut decode);
        decode();
        assert!(out == data, "{}: quic {name}", self.group);
    }

    fn lz(&mut self, name: &str, kind: lz::ImageType, data: &[u8]) {
        let (frame, mut encoder, mut stream) = (self.frame, lz::Encoder::new(), Vec::new());
        let mut encode = || {
            stream.clear();
            encoder.encode(black_box(&pixels(frame, kind, data)), &mut stream).expect("a picture");
        };
        self.run(&format!("lz {name} encode"), data.len(), &mut encode);
        encode();
        self.ratio(&format!("lz {name}"), data.len(), stream.len());
        let (mut decoder, mut out) = (lz::Decoder::new(&Limits::default()), vec![0; data.len()]);
        let (row, output) = (data.len() / frame.height, lz::Output::Native);
        let mut decode = || {
            decoder.decode_into(black_box(&stream), output, &mut out, row).expect("a stream");
        };
        self.run(&format!("lz {name} decode"), data.len(), &mut decode);
        decode();
        assert!(out == data, "{}: lz {name}", self.group);
        if row < frame.width * 4 {
            let palette: Vec<u32> = (0..256).map(|i| i * 0x01_0101).collect();
            let (row, output) = (frame.width * 4, lz::Output::Bgrx { palette: &palette });
            out.resize(frame.data.len(), 0);
            self.run(&format!("lz {name} decode-to-32"), data.len(), || {
                decoder.decode_into(black_box(&stream), output, &mut out, row).expect("a stream");
            });
        }
    }

    /// A picture in an empty window, the same with its middle scrolled, and that unchanged.
    fn glz(&mut self) {
        let Frame { width, height, .. } = *self.frame;
        let first = self.frame.map(rgb32);
        let mut scrolled = first.clone();
        let (left, right, by) = (width * 4 / 5, width * 16 / 5, height / 24 * width * 4);
        for y in height / 6..height * 5 / 6 {
            let row = y * width * 4;
            scrolled[row + left..row + right].copy_from_slice(&first[row + by..][left..right]);
        }
        let frames = [&first, &scrolled, &scrolled].map(|data| &data[..]);
        for (count, name) in [(1, "first"), (2, "scrolled"), (3, "repeated")] {
            self.in_turn(name, &frames[..count]);
        }
    }

    /// Measures the last of some frames, with the others in the window.
    fn in_turn(&mut self, name: &str, frames: &[&[u8]]) {
        let (frame, len) = (self.frame, self.frame.data.len());
        let mut encoder = glz::Encoder::new(WINDOW);
        let mut window = glz::Window::new(&Limits::default());
        let mut streams = vec![Vec::new(); frames.len()];
        let mut encode = || {
            encoder.clear();
            let mut took = Duration::ZERO;
            for (data, stream) in frames.iter().zip(&mut streams) {
                stream.clear();
                let pixels = pixels(frame, lz::ImageType::Rgb32, data);
                let start = Instant::now();
                encoder.encode(black_box(&pixels), stream).expect("a picture");
                took = start.elapsed();
            }
            took
        };
        self.run_timed(&format!("glz {name} encode"), len, &mut encode);
        encode();
        self.ratio(&format!("glz {name}"), len, streams.last().map_or(1, Vec::len));
        let mut decode = || {
            window.clear();
            let mut took = Duration::ZERO;
            for stream in &streams {
                let start = Instant::now();
                window.decode(black_box(stream)).expect("a stream");
                took = start.elapsed();
            }
            took
        };
        self.run_timed(&format!("glz {name} decode"), len, &mut decode);
        decode();
        let last = window.next_id() - 1;
        assert!(window.get(last).is_some_and(|image| image.pixels() == frames[last as usize]), "glz {name}");
    }

    /// Measures what a run says that it took.
    fn run_timed(&mut self, what: &str, bytes: usize, mut run: impl FnMut() -> Duration) {
        let mut group = self.c.benchmark_group(&self.group);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(what, |b| b.iter_custom(|times| (0..times).map(|_| run()).sum()));
        group.finish();
    }

    fn others(&mut self) {
        let Frame { width, height, ref data, .. } = *self.frame;
        let mut out = vec![0; data.len()];

        let mut coded = vec![0; lz4_flex::block::get_maximum_output_size(data.len())];
        let mut len = 0;
        self.run("lz4_flex encode", data.len(), || {
            len = lz4_flex::block::compress_into(black_box(data), &mut coded).expect("room");
        });
        len = lz4_flex::block::compress_into(data, &mut coded).expect("room");
        self.ratio("lz4_flex", data.len(), len);
        self.run("lz4_flex decode", data.len(), || {
            lz4_flex::block::decompress_into(black_box(&coded[..len]), &mut out).expect("a stream");
        });

        let mut zstd = zstd::bulk::Compressor::new(1).expect("a compressor");
        let mut coded = Vec::with_capacity(zstd::zstd_safe::compress_bound(data.len()));
        self.run("zstd-1 encode", data.len(), || {
            zstd.compress_to_buffer(black_box(data), &mut coded).expect("room");
        });
        zstd.compress_to_buffer(data, &mut coded).expect("room");
        self.ratio("zstd-1", data.len(), coded.len());
        let mut zstd = zstd::bulk::Decompressor::new().expect("a decompressor");
        self.run("zstd-1 decode", data.len(), || {
            zstd.decompress_to_buffer(black_box(&coded), &mut out[..]).expect("a stream");
        });

        let (w, h) = (width as u32, height as u32);
        self.run("qoi encode", data.len(), || {
            black_box(qoi::encode_to_vec(black_box(data), w, h).expect("a picture"));
        });
        let coded = qoi::encode_to_vec(data, w, h).expect("a picture");
        self.ratio("qoi", data.len(), coded.len());
        self.run("qoi decode", data.len(), || {
            qoi::decode_to_buf(&mut out, black_box(&coded)).expect("a stream");
        });

        let png = |data: &[u8], out: &mut Vec<u8>| {
            out.clear();
            let mut encoder = png::Encoder::new(out, w, h);
            encoder.set_color(png::ColorType::Rgba);
            encoder.set_compression(png::Compression::Fast);
            encoder.write_header().and_then(|mut png| png.write_image_data(data)).expect("a picture");
        };
        let mut coded = Vec::new();
        self.run("png-fast encode", data.len(), || png(black_box(data), &mut coded));
        png(data, &mut coded);
        self.ratio("png-fast", data.len(), coded.len());
        self.run("png-fast decode", data.len(), || {
            let reader = png::Decoder::new(std::io::Cursor::new(black_box(&coded)));
            reader.read_info().and_then(|mut png| png.next_frame(&mut out)).expect("a stream");
        });
    }
}

impl Frame {
    /// The pixels in another form.
    fn map<const N: usize>(&self, pixel: impl Fn([u8; 4]) -> [u8; N]) -> Vec<u8> {
        self.data.as_chunks::<4>().0.iter().flat_map(|four| pixel(*four)).collect()
    }

    /// A piece out of the middle.
    fn cut(&self, width: usize, height: usize) -> Frame {
        let (left, top) = ((self.width - width) * 2 / 5, (self.height - height) * 2 / 5);
        let rows = self.data.chunks_exact(self.width * 4).skip(top).take(height);
        let data = rows.flat_map(|row| &row[left * 4..(left + width) * 4]).copied().collect();
        Frame { name: self.name.clone(), width, height, data }
    }
}

fn pixels<'a>(frame: &Frame, image_type: lz::ImageType, data: &'a [u8]) -> lz::Pixels<'a> {
    let (width, height, stride) = (frame.width as u32, frame.height as u32, data.len() / frame.height);
    lz::Pixels { image_type, width, height, stride, top_down: true, data }
}

fn rgb32([b, g, r, _]: [u8; 4]) -> [u8; 4] {
    [b, g, r, 0]
}

fn rgb16([b, g, r, _]: [u8; 4]) -> [u8; 2] {
    (u16::from(r >> 3) << 10 | u16::from(g >> 3) << 5 | u16::from(b >> 3)).to_le_bytes()
}

fn luma([b, g, r, _]: [u8; 4]) -> u8 {
    ((u32::from(b) * 29 + u32::from(g) * 150 + u32::from(r) * 77) >> 8) as u8
}

/// Pixels of the GLZ window: that of a client with 64 MiB for it.
const WINDOW: u32 = 1 << 24;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .nresamples(2_000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}
