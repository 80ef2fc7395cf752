//! The image codecs both ways, on made-up pictures of each kind of content, beside a plain copy and other codecs.
//!
//! `docs/performance-images.md` has figures from real screens; compare the figures of one run with each other only.
//! Throughput is in bytes of raw pixels. `cargo bench --bench image -- ui` runs what has "ui" in its name.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use spice_proto::Limits;
use spice_proto::image::{glz, lz, quic};

mod pictures;

use pictures::{CLASSES, Frame, picture};

fn benches(c: &mut Criterion) {
    for (width, height) in [(1920, 1080), (64, 64)] {
        for class in CLASSES {
            let frame = picture(class, width, height);
            let mut bench = Bench { c, name: format!("{class} {width}x{height}"), frame: &frame };
            bench.memcpy();
            bench.quic();
            bench.lz();
            bench.glz();
            bench.others();
        }
    }
}

struct Bench<'a> {
    c: &'a mut Criterion,
    name: String,
    frame: &'a Frame,
}

impl Bench<'_> {
    /// Measures one direction of one codec.
    fn run(&mut self, what: &str, mut run: impl FnMut()) {
        let mut group = self.c.benchmark_group(&self.name);
        group.throughput(Throughput::Bytes(self.frame.data.len() as u64));
        group.bench_function(what, |b| b.iter(&mut run));
        group.finish();
    }

    fn memcpy(&mut self) {
        let frame = self.frame;
        let mut copy = vec![0; frame.data.len()];
        self.run("memcpy", || black_box(&mut copy).copy_from_slice(black_box(&frame.data)));
    }

    /// How much smaller a stream is: criterion has no place for it.
    fn ratio(&self, codec: &str, len: usize) {
        println!("{}: {codec} makes {:.2} times less", self.name, self.frame.data.len() as f64 / len as f64);
    }

    fn quic(&mut self) {
        let Frame { width, height, ref data } = *self.frame;
        let (kind, row) = (quic::ImageType::Rgb32, width as isize * 4);
        let (mut encoder, mut stream) = (quic::Encoder::new(), Vec::new());
        let mut encode = || {
            stream.clear();
            encoder
                .encode(kind, width as u32, height as u32, black_box(data), row, &mut stream)
                .expect("a picture");
        };
        self.run("encode quic", &mut encode);
        encode();
        self.ratio("quic", stream.len());
        let (mut decoder, mut pixels) = (quic::Decoder::new(&Limits::default()), vec![0; data.len()]);
        self.run("decode quic", || {
            decoder.decode_into(black_box(&stream), kind, &mut pixels, row).expect("a stream");
        });
        assert!(pixels == *data, "{}: quic", self.name);
    }

    fn lz(&mut self) {
        let frame = self.frame;
        let (mut encoder, mut stream) = (lz::Encoder::new(), Vec::new());
        let mut encode = || {
            stream.clear();
            encoder.encode(black_box(&pixels(frame)), &mut stream).expect("a picture");
        };
        self.run("encode lz", &mut encode);
        encode();
        self.ratio("lz", stream.len());
        let (mut decoder, mut out) = (lz::Decoder::new(&Limits::default()), vec![0; frame.data.len()]);
        self.run("decode lz", || {
            let output = lz::Output::Native;
            decoder.decode_into(black_box(&stream), output, &mut out, frame.width * 4).expect("a stream");
        });
        assert!(out == frame.data, "{}: lz", self.name);
    }

    /// The first picture of a window; a later, equal one costs a client nothing.
    fn glz(&mut self) {
        let frame = self.frame;
        let (mut encoder, mut stream) = (glz::Encoder::new(1 << 24), Vec::new());
        let mut encode = || {
            encoder.clear();
            stream.clear();
            encoder.encode(black_box(&pixels(frame)), &mut stream).expect("a picture");
        };
        self.run("encode glz", &mut encode);
        encode();
        self.ratio("glz", stream.len());
        let mut window = glz::Window::new(&Limits::default());
        self.run("decode glz", || {
            window.clear();
            black_box(window.decode(black_box(&stream)).expect("a stream"));
        });
        assert!(window.get(0).is_some_and(|image| image.pixels() == frame.data), "{}: glz", self.name);
    }

    fn others(&mut self) {
        let Frame { width, height, ref data } = *self.frame;
        let mut out = vec![0; data.len()];

        let mut coded = vec![0; lz4_flex::block::get_maximum_output_size(data.len())];
        let mut len = 0;
        self.run("encode lz4_flex", || {
            len = lz4_flex::block::compress_into(black_box(data), &mut coded).expect("room");
        });
        len = lz4_flex::block::compress_into(data, &mut coded).expect("room");
        self.ratio("lz4_flex", len);
        self.run("decode lz4_flex", || {
            lz4_flex::block::decompress_into(black_box(&coded[..len]), &mut out).expect("a stream");
        });

        let (w, h) = (width as u32, height as u32);
        self.run("encode qoi", || {
            black_box(qoi::encode_to_vec(black_box(data), w, h).expect("a picture"));
        });
        let coded = qoi::encode_to_vec(data, w, h).expect("a picture");
        self.ratio("qoi", coded.len());
        self.run("decode qoi", || {
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
        self.run("encode png fast", || png(black_box(data), &mut coded));
        png(data, &mut coded);
        self.ratio("png fast", coded.len());
        self.run("decode png fast", || {
            let reader = png::Decoder::new(std::io::Cursor::new(black_box(&coded)));
            reader.read_info().and_then(|mut png| png.next_frame(&mut out)).expect("a stream");
        });
    }
}

fn pixels(frame: &Frame) -> lz::Pixels<'_> {
    lz::Pixels {
        image_type: lz::ImageType::Rgb32,
        width: frame.width as u32,
        height: frame.height as u32,
        stride: frame.width * 4,
        top_down: true,
        data: &frame.data,
    }
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
