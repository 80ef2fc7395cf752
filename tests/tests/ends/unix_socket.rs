//! Both ends over a real unix socket, with real descriptors beside the messages.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;

use bytes::Buf;
use spice_proto::channel::{ClientEnd, Display, ServerEnd};
use spice_proto::common::Empty;
use spice_proto::display::{
    GlDraw, GlScanout2Unix, GlScanoutFlags, GlScanoutPlane, GlScanoutUnix, ServerMessage,
};
use spice_proto::frame::{HeaderKind, Transport};
use spice_proto::{Limits, List};

use super::socket;

/// What is sent: number of the message, names of the buffers beside it.
type Sent = (u16, Vec<u8>);

#[test]
fn descriptors_arrive_with_their_messages() {
    let planes = [GlScanoutPlane { offset: 0, stride: 256 }; 4];
    let scanout = |planes: usize, buffers: &[u8]| ((323, planes), buffers.to_vec());
    let one = |buffers: &[u8]| ((320, 1), buffers.to_vec());
    let other = |kind| ((kind, 0), Vec::new());
    let sent: Vec<((u16, usize), Vec<u8>)> = vec![
        other(102),
        one(&[1]),
        other(321),
        scanout(4, &[2, 3, 4, 5]),
        // A scanout without buffers lies in one read with the next.
        one(&[]),
        scanout(3, &[6, 7]),
        scanout(2, &[8, 8]),
        other(102),
        one(&[9]),
        one(&[10]),
    ];
    for header in [HeaderKind::Mini, HeaderKind::Full] {
        for most in [1, 7, 4096] {
            let (theirs, ours) = UnixStream::pair().expect("unix sockets");
            let mut server = ServerEnd::new(Display, header, &Limits::server());
            server.set_transport(Transport::UnixSocket);
            let mut queue = Vec::new();
            for ((kind, count), buffers) in &sent {
                let (flags, drm_fourcc_format) = (GlScanoutFlags::Y0TOP, 0x3432_5258);
                let (width, height, modifier) = (64, 64, 0x4040_4040_4040_4040);
                let message = match kind {
                    320 => ServerMessage::GlScanoutUnix(GlScanoutUnix {
                        width,
                        height,
                        stride: 256,
                        drm_fourcc_format,
                        flags,
                    }),
                    321 => ServerMessage::GlDraw(GlDraw { x: 0, y: 0, w: width, h: height }),
                    323 => ServerMessage::GlScanout2Unix(GlScanout2Unix {
                        width,
                        height,
                        drm_fourcc_format,
                        flags,
                        modifier,
                        planes: List::from(&planes[..*count]),
                    }),
                    _ => ServerMessage::Mark(Empty),
                };
                server.send_with_descriptors(&message, buffers.len() as u32).expect("a scanout");
                queue.extend(buffers.iter().map(|name| socket::buffer(*name)));
            }
            let writer = thread::spawn(move || write_all(&theirs, &mut server, &mut queue));
            let received = read_all(&ours, header, most);
            writer.join().expect("everything is written");
            let expected: Vec<Sent> =
                sent.iter().map(|((kind, _), buffers)| (*kind, buffers.clone())).collect();
            assert_eq!(received, expected, "{header:?}, reads of {most} bytes");
        }
    }
}

fn write_all(socket: &UnixStream, server: &mut ServerEnd<Display>, queue: &mut Vec<OwnedFd>) {
    while server.has_output() {
        let count = server.output_descriptors() as usize;
        let written =
            socket::write(socket, server.output().chunk(), &queue[..count]).expect("an open socket");
        server.output().advance(written);
        queue.drain(..count);
    }
    assert!(queue.is_empty());
}

/// Everything until the socket is closed.
fn read_all(socket: &UnixStream, header: HeaderKind, most: usize) -> Vec<Sent> {
    let mut client = ClientEnd::new(Display, header, &Limits::default());
    client.set_transport(Transport::UnixSocket);
    let (mut queue, mut received) = (VecDeque::new(), Vec::new());
    let mut buffer = vec![0; most];
    loop {
        let (count, descriptors) = socket::read(socket, &mut buffer).expect("an open socket");
        client.push(&buffer[..count]);
        client.push_descriptors(descriptors.len() as u32);
        queue.extend(descriptors);
        while let Some(message) = client.next_message().expect("a sound stream") {
            let own = queue.drain(..message.descriptors() as usize).map(socket::name).collect();
            received.push((message.kind(), own));
        }
        if count == 0 {
            break;
        }
    }
    assert!(client.finish().is_ok() && queue.is_empty());
    received
}
