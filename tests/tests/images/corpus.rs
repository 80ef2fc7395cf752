//! Every image of every captured session, as a client decodes it.

use std::collections::BTreeMap;

use spice_proto::Limits;
use spice_proto::display::{ImageBody, ImageType};
use spice_proto::image::quic;
use spice_proto_tests::capture::Capture;
use spice_proto_tests::folders;
use spice_proto_tests::session::{Pictures, Role, Seen, Session, Shown};

#[test]
fn every_image_of_every_session_decodes_and_quic_encodes_to_the_same_bytes() {
    let mut counts = BTreeMap::<(Role, &str), Count>::new();
    let mut failures = Vec::new();
    let mut waited = 0;
    let mut encoded = 0;
    for folder in folders::sessions() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let capture = Capture::open(folders::capture_file(&folder)).unwrap();
        let sessions: Vec<_> = capture
            .connections
            .iter()
            .map(|connection| {
                let (to_server, to_client) = connection.spice()?;
                Some((connection, to_client, Session::follow(to_server.bytes(), to_client.bytes())))
            })
            .collect();
        let mut pictures = Pictures::new(Limits::default());
        for (connection, to_client, session) in sessions.iter().flatten() {
            let order =
                |end: u64| to_client.mark_at(end.saturating_sub(1)).map_or(u64::MAX, |mark| mark.packet);
            pictures.add(connection.index, connection.server, session, order);
        }
        let stuck = pictures.decode(
            |shown| {
                let kind = shown.image.descriptor.type_.name().unwrap_or("unknown");
                let count = counts.entry((shown.role, kind)).or_default();
                count.images += 1;
                waited += u64::from(shown.waits > 0);
                match &shown.seen {
                    Ok(Seen::Pixels(view)) => {
                        count.pixels += u64::from(view.width()) * u64::from(view.height());
                        if let Some(problem) = wrong_size(shown, (view.width(), view.height())) {
                            failures.push(format!("{name}: {problem}"));
                        }
                    }
                    Ok(Seen::Surface(_)) => {}
                    Err(error) => failures.push(format!(
                        "{name}, connection {}, byte {}: {error}",
                        shown.connection, shown.offset
                    )),
                }
                if let ImageBody::Quic(body) = &shown.image.body {
                    encoded += 1;
                    if !encodes_to_itself(body.data) {
                        failures
                            .push(format!("{name}: QUIC stream at {} encodes to other bytes", shown.offset));
                    }
                }
            },
            |_, _| {},
        );
        failures.extend(stuck.iter().map(|stuck| format!("{name}: waits for ever: {stuck:?}")));
    }
    for ((role, kind), Count { images, pixels }) in &counts {
        println!("{:5} {kind:20} {images:6} images {pixels:10} pixels", role.name());
    }
    println!("{waited} images waited for another channel, {encoded} QUIC streams encoded again");
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures[..failures.len().min(30)].join("\n")
    );
    for kind in ["BITMAP", "QUIC", "LZ_RGB", "LZ_PLT", "GLZ_RGB", "FROM_CACHE", "JPEG", "ZLIB_GLZ_RGB", "LZ4"]
    {
        assert!(counts.contains_key(&(Role::Image, kind)), "no image of type {kind}");
    }
}

#[derive(Default)]
struct Count {
    images: u64,
    pixels: u64,
}

fn wrong_size(shown: &Shown<'_>, size: (u32, u32)) -> Option<String> {
    let descriptor = shown.image.descriptor;
    let described = (descriptor.width, descriptor.height);
    (size != described && descriptor.type_ != ImageType::SURFACE).then(|| {
        format!("picture of {size:?} where the descriptor says {described:?}, byte {}", shown.offset)
    })
}

fn encodes_to_itself(stream: &[u8]) -> bool {
    let header = quic::Header::parse(stream).unwrap();
    let pixels = quic::decode(stream, header.image_type(), &Limits::default()).unwrap();
    let stride = header.width() as isize * header.image_type().bytes_per_pixel() as isize;
    let mut again = Vec::new();
    quic::encode(header.image_type(), header.width(), header.height(), &pixels, stride, &mut again).unwrap();
    again == stream
}
