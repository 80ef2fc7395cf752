//! LZ: the worked examples of the specification (`docs/spec/lz-glz.md` §8), and its bounds.

use spice_proto::Limits;
use spice_proto::image::lz::{Decoder, Error, ErrorKind, Output};

fn lz_stream(kind: u32, width: u32, height: u32, stride: u32, tokens: &[u8]) -> Vec<u8> {
    let words = [0x2020_5A4C, 0x1_0001, kind, width, height, stride, 1];
    words.iter().flat_map(|w: &u32| w.to_be_bytes()).chain(tokens.iter().copied()).collect()
}

fn lz(kind: u32, size: [u32; 3], output: Output<'_>, tokens: &[u8]) -> Result<Vec<u8>, Error> {
    let [width, height, stride] = size;
    let stream = lz_stream(kind, width, height, stride, tokens);
    Decoder::new(&Limits::default()).decode(&stream, output).map(|picture| picture.rows)
}

#[test]
fn example_8_2_a8_run_with_long_length() {
    let tokens = [0x01, 7, 7, 0xE0, 0xFF, 0xFF, 0xB0, 0x00, 0x02, 7, 7, 7];
    assert_eq!(lz(11, [100, 7, 100], Output::Native, &tokens), Ok(vec![7; 700]));
}

#[test]
fn example_8_4_rgba_has_two_passes() {
    let mut tokens = vec![0x01, 0x10, 0x20, 0x30, 0x10, 0x20, 0x30, 0xE0, 0x01, 0x00, 0x05];
    tokens.extend([9, 8, 7].repeat(6));
    tokens.extend([0x01, 0x80, 0x80, 0xC0, 0x00, 0x05, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40]);
    let mut expected = [0x10, 0x20, 0x30, 0x80].repeat(10);
    expected.extend([9, 8, 7, 0x40].repeat(6));
    assert_eq!(lz(9, [8, 2, 32], Output::Native, &tokens), Ok(expected));
}

#[test]
fn example_8_5_rgb16_expands_to_eight_bits() {
    let mut tokens = vec![0x01, 0x7F, 0xFF, 0x7F, 0xFF, 0xC0, 0x00, 0x06, 0x00, 0x1F, 0x03, 0xE0, 0x7C, 0x00];
    tokens.extend([0x7C, 0x00, 0x80, 0x01, 0x12, 0x34, 0x00, 0x00]);
    let pixels = lz(6, [8, 2, 16], Output::Bgrx { palette: &[] }, &tokens).unwrap();
    let tail = [
        0xFF, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0xFF, 0, 8, 0, 0, 0, 0xA5, 0x8C, 0x21, 0, 0, 0, 0,
        0,
    ];
    assert_eq!(pixels[..36], [0xFF, 0xFF, 0xFF, 0].repeat(9));
    assert_eq!(pixels[36..], tail);
}

#[test]
fn example_8_6_palette_rows_end_inside_a_byte() {
    let tokens = [0x01, 0xAA, 0x80, 0xA0, 0x01, 0x02, 0x80, 0xAA, 0x80];
    let pixels = lz(2, [9, 6, 2], Output::Bgrx { palette: &[0x112233, 0xFFEEDD] }, &tokens).unwrap();
    assert_eq!(pixels.len(), 9 * 6 * 4);
    assert_eq!(pixels[..8], [0xDD, 0xEE, 0xFF, 0, 0x33, 0x22, 0x11, 0]);
    let error = lz(2, [9, 6, 2], Output::Bgrx { palette: &[] }, &tokens).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoPalette);
}

#[test]
fn errors_say_what_and_where() {
    let error = lz(5, [100, 1, 100], Output::Native, &[0x01, 1, 2, 0x22, 0xBB]).unwrap_err();
    assert_eq!(error.to_string(), "lz: distance of 700 reaches before the first unit, 2 written, at byte 31");
    let error = lz(5, [4, 1, 4], Output::Native, &[0x01, 1, 2, 0x20, 0x00]).unwrap_err();
    assert_eq!(error.to_string(), "lz: token of 3 units where 2 are left, at byte 31");
}

#[test]
fn distances_up_to_the_last_one_are_taken() {
    // 73 727 literals, then a match from as far back as a token can say.
    let far: Vec<u8> = (0..73_727_u32).map(|i| ((i * 7) >> 3) as u8).collect();
    let mut tokens: Vec<u8> = far.chunks(32).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect();
    tokens.extend([0x3F, 0xFF, 0xFF, 0xFF]);
    let pixels = lz(5, [73_730, 1, 73_730], Output::Native, &tokens).unwrap();
    assert_eq!(pixels[73_727..], far[..3]);
}
