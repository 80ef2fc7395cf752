//! Drawing allocates nothing once the canvas has seen such a message, save what has to last.

use std::collections::BTreeMap;

use allocation_counter::measure;
use spice_proto::Limits;
use spice_proto::canvas::Canvas;
use spice_proto::display::{ImageType, ServerMessage};
use spice_proto::image::{SharedCaches, leaves_trace};
use spice_proto_tests::scripts;
use spice_proto_tests::session::drawing;

#[test]
fn a_warm_canvas_draws_without_allocation() {
    let mut counts = BTreeMap::<&str, u64>::new();
    let limits = Limits::default();
    for archive in scripts::open() {
        for script in scripts::all(&archive) {
            let (mut canvas, mut shared) = (Canvas::new(&limits), SharedCaches::new(&limits));
            let messages = script.messages.iter();
            let messages: Vec<_> =
                messages.map(|(kind, body)| ServerMessage::parse(*kind, body).unwrap()).collect();
            for message in &messages {
                canvas.apply(message, &mut shared).unwrap();
            }
            for message in &messages {
                let images = match (drawing(message), message) {
                    (Some((_, images)), _) => images,
                    (None, ServerMessage::CopyBits(_)) => Vec::new(),
                    (None, _) => continue,
                };
                if images.iter().any(|(_, image)| leaves_trace(image) || uses_library(image.descriptor.type_))
                {
                    continue;
                }
                // What a cache held may be gone at the end of the script.
                let mut drawn = true;
                let used = measure(|| drawn = canvas.apply(message, &mut shared).is_ok());
                if drawn {
                    let name = message.name().unwrap();
                    assert_eq!(used.count_total, 0, "{} {name}: {used:?}", script.name);
                    *counts.entry(name).or_default() += 1;
                }
            }
        }
    }
    println!("{counts:?}");
    assert_eq!(counts.len(), 14, "all drawing messages: {counts:?}");
}

/// Whether the image is decoded by a library with work space of its own.
fn uses_library(kind: ImageType) -> bool {
    [ImageType::JPEG, ImageType::JPEG_ALPHA, ImageType::LZ4].contains(&kind)
}
