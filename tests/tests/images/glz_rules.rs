//! GLZ: one test per rule of the window (`docs/spec/lz-glz.md` §3.5), and what an encoder must not miss.

use spice_proto::Limits;
use spice_proto::image::glz::{Encoder, Outcome, Window};
use spice_proto::image::lz::{ErrorKind, ImageType, Pixels};
use spice_proto_tests::random::Random;

/// A GLZ stream of 4 x 1 RGB32 pixels (or another type), top-down.
fn glz_stream(kind: u8, id: u64, head: u32, tokens: &[u8]) -> Vec<u8> {
    let stride = [8_u32, 12, 16, 16][kind as usize - 6];
    let mut stream = vec![0x20, 0x20, 0x5A, 0x4C, 0, 1, 0, 1, kind | 0x10];
    [4, 1, stride].iter().for_each(|w| stream.extend(w.to_be_bytes()));
    stream.extend(id.to_be_bytes());
    stream.extend(head.to_be_bytes());
    stream.extend_from_slice(tokens);
    stream
}

const LITERALS: [u8; 13] = [3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/// All four pixels of the image one back.
const ALL_OF_LAST: [u8; 3] = [0x80, 0x00, 0x01];

fn window() -> Window {
    Window::new(&Limits::default())
}

fn kind_of(window: &mut Window, stream: &[u8]) -> Option<ErrorKind> {
    window.decode(stream).err().map(|error| error.kind())
}

#[test]
fn a_missing_image_is_told_and_can_be_retried() {
    let mut window = window();
    let later = glz_stream(8, 1, 1, &ALL_OF_LAST);
    assert!(matches!(window.decode(&later), Ok(Outcome::Missing(0))));
    assert_eq!((window.ids().count(), window.next_id()), (0, 0));
    assert!(matches!(window.decode(&glz_stream(8, 0, 0, &LITERALS)), Ok(Outcome::Decoded(_))));
    assert!(matches!(window.decode(&later), Ok(Outcome::Decoded(_))));
    assert_eq!(window.get(0).unwrap().pixels(), window.get(1).unwrap().pixels());
}

#[test]
fn an_id_is_taken_once() {
    let mut window = window();
    for id in [0, 2] {
        window.decode(&glz_stream(8, id, 0, &LITERALS)).unwrap();
        assert!(matches!(
            kind_of(&mut window, &glz_stream(8, id, 0, &LITERALS)),
            Some(ErrorKind::DuplicateId { .. })
        ));
    }
}

#[test]
fn a_released_image_is_an_error() {
    let mut window = window();
    window.decode(&glz_stream(8, 0, 0, &LITERALS)).unwrap();
    window.decode(&glz_stream(8, 1, 0, &LITERALS)).unwrap();
    assert_eq!(window.ids().collect::<Vec<_>>(), [1]);
    let back_two = glz_stream(8, 2, 1, &[0x80, 0x00, 0x02]);
    assert!(matches!(kind_of(&mut window, &back_two), Some(ErrorKind::Released { .. })));
    let before_the_first = glz_stream(8, 2, 1, &[0x80, 0x00, 0x03]);
    assert!(matches!(kind_of(&mut window, &before_the_first), Some(ErrorKind::Released { .. })));
}

#[test]
fn a_reference_keeps_to_its_type_and_image() {
    let mut window = window();
    window.decode(&glz_stream(8, 0, 0, &LITERALS)).unwrap();
    assert!(matches!(
        kind_of(&mut window, &glz_stream(7, 1, 1, &ALL_OF_LAST)),
        Some(ErrorKind::TypeMismatch { .. })
    ));
    let beyond = glz_stream(8, 1, 1, &[0x81, 0x00, 0x01]);
    assert!(matches!(kind_of(&mut window, &beyond), Some(ErrorKind::Reference { .. })));
    assert!(matches!(
        kind_of(&mut window, &glz_stream(8, 1, 2, &ALL_OF_LAST)),
        Some(ErrorKind::HeadDistance { .. })
    ));
    assert!(matches!(
        kind_of(&mut window, &glz_stream(8, 1, 1, &[0x80, 0x00, 0x00])),
        Some(ErrorKind::Distance { .. })
    ));
}

#[test]
fn a_new_session_begins_with_nothing() {
    let mut window = window();
    window.decode(&glz_stream(8, 0, 0, &LITERALS)).unwrap();
    window.clear();
    assert_eq!((window.ids().count(), window.next_id()), (0, 0));
    assert!(matches!(window.decode(&glz_stream(8, 1, 1, &ALL_OF_LAST)), Ok(Outcome::Missing(0))));
}

/// Eight rows that are like nothing else, 520 rows below them eight more, and a colour of its own in each row between.
fn page(below: u64) -> Vec<u8> {
    let noise = |seed| Random::new(seed).bytes(8 * WIDTH * 4);
    let between = (0..520_u32).flat_map(|row| (row * 499).to_le_bytes().repeat(WIDTH));
    noise(1).into_iter().chain(between).chain(noise(below)).collect()
}

const WIDTH: usize = 256;

#[test]
fn an_encoder_finds_what_stands_hundreds_of_rows_above() {
    let [again, other] = [1, 2].map(|below| {
        let (data, mut stream) = (page(below), Vec::new());
        let (width, height, stride) = (WIDTH as u32, (data.len() / 4 / WIDTH) as u32, WIDTH * 4);
        let image_type = ImageType::Rgb32;
        let pixels = Pixels { image_type, width, height, stride, top_down: true, data: &data };
        Encoder::new(1 << 20).encode(&pixels, &mut stream).expect("a picture");
        stream.len()
    });
    let literals = 8 * WIDTH * 3;
    assert!(again + literals < other + 64, "{again} bytes with the same rows, {other} with others");
}
