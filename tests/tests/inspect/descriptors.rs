//! `proxy` and file descriptors: over unix sockets they arrive with their bytes, over TCP they are closed and that is said.

use std::io::{PipeReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use crate::record::{Streams, free_port, proxy, recorded};
use crate::socket;
use crate::tool::Folder;

/// Bytes, and the names of the buffers that go with them.
type Writes = Vec<(Vec<u8>, Vec<u8>)>;

/// What is sent: bytes of every length around those with descriptors, one at a time and many.
fn writes() -> Writes {
    let long: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    vec![
        (b"before".to_vec(), vec![]),
        (b"@".to_vec(), vec![1]),
        (b"@".to_vec(), vec![2, 3, 4, 5]),
        (long, vec![]),
        (b"@".to_vec(), vec![6]),
        (b"between".to_vec(), vec![]),
        (b"@".to_vec(), vec![7, 7]),
        (b"several bytes".to_vec(), vec![8]),
        (b"@".to_vec(), (0..253).map(|name: u16| name as u8).collect()),
        (b"after".to_vec(), vec![]),
    ]
}

/// Sends all of it and ends.
fn send(socket: &UnixStream, writes: &Writes) {
    for (bytes, names) in writes {
        let mut buffers: Vec<OwnedFd> = names.iter().map(|name| socket::buffer(*name)).collect();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let written = socket::write(socket, rest, &buffers).unwrap();
            rest = &rest[written..];
            buffers.clear();
        }
    }
    socket.shutdown(Shutdown::Write).unwrap();
}

/// Bytes, and where reads with descriptors ended, with the names of their buffers.
type Got = (Vec<u8>, Vec<(usize, Vec<u8>)>);

fn receive(socket: &UnixStream, most: usize) -> Got {
    let (mut bytes, mut beside, mut buffer) = (Vec::new(), Vec::new(), vec![0; most]);
    loop {
        let (count, descriptors) = socket::read(socket, &mut buffer).unwrap();
        if count == 0 {
            assert!(descriptors.is_empty());
            return (bytes, beside);
        }
        bytes.extend_from_slice(&buffer[..count]);
        if !descriptors.is_empty() {
            beside.push((bytes.len(), descriptors.into_iter().map(socket::name).collect()));
        }
    }
}

fn expected(writes: &Writes) -> Got {
    let (mut all, mut beside) = (Vec::new(), Vec::new());
    for (bytes, names) in writes {
        all.extend_from_slice(bytes);
        if !names.is_empty() {
            beside.push((all.len(), names.clone()));
        }
    }
    (all, beside)
}

#[test]
fn descriptors_arrive_with_their_bytes_in_both_directions() {
    for most in [1, 4096, 1 << 20] {
        let folder = Folder::new();
        let [listen, to] = ["listen", "server"].map(|name| folder.file(name).to_str().unwrap().to_owned());
        let listener = UnixListener::bind(&to).unwrap();
        let (mut child, mut out) = proxy(&[&listen, &to, "--end-after", "0"]);
        let client = UnixStream::connect(&listen).unwrap();
        let (server, _) = listener.accept().unwrap();
        let writes = &writes();
        let received = thread::scope(|scope| {
            let readers = [&client, &server].map(|end| scope.spawn(move || receive(end, most)));
            for end in [&client, &server] {
                scope.spawn(move || send(end, writes));
            }
            readers.map(|reader| reader.join().unwrap())
        });
        for (bytes, beside) in received {
            let (all, places) = expected(writes);
            assert!(bytes == all, "{} bytes of {}", bytes.len(), all.len());
            assert_eq!(beside, places, "reads of {most} bytes");
        }
        let mut log = String::new();
        out.read_to_string(&mut log).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(!log.contains("descriptor"), "{log}");
    }
}

/// A display channel of the corpus, with mini heads.
fn display() -> Streams {
    // The channel's type in the link message.
    recorded("inputs-tablet").into_iter().find(|[to_server, _]| to_server[20] == 2).unwrap()
}

const SCANOUT: [u8; 26] =
    [0x40, 1, 20, 0, 0, 0, 64, 0, 0, 0, 48, 0, 0, 0, 0, 1, 0, 0, 0x58, 0x52, 0x32, 0x34, 1, 0, 0, 0];

/// Sends a session with two scanouts behind it: bytes of the server in all, and the other end of the descriptors, which
/// ends when nobody has them any more.
fn scanouts(server: &UnixStream, [_, to_client]: &Streams) -> (Vec<u8>, PipeReader) {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut sent = to_client.clone();
    let mut stream = server;
    stream.write_all(to_client).unwrap();
    let writer = OwnedFd::from(writer);
    for count in [1, 3] {
        let descriptors: Vec<_> = (0..count).map(|_| writer.try_clone().unwrap()).collect();
        stream.write_all(&SCANOUT).unwrap();
        assert_eq!(socket::write(server, b"@", &descriptors).unwrap(), 1);
        sent.extend(SCANOUT);
        sent.push(b'@');
    }
    server.shutdown(Shutdown::Write).unwrap();
    (sent, reader)
}

#[test]
fn the_log_tells_of_descriptors_and_the_proxy_keeps_none() {
    let folder = Folder::new();
    let [listen, to] = ["listen", "server"].map(|name| folder.file(name).to_str().unwrap().to_owned());
    let listener = UnixListener::bind(&to).unwrap();
    let (mut child, mut out) = proxy(&[&listen, &to, "--end-after", "0"]);
    let mut client = UnixStream::connect(&listen).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let streams = display();
    client.write_all(&streams[0]).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    server.read_to_end(&mut Vec::new()).unwrap();
    let (mut kept, mut buffer, mut bytes) = (Vec::new(), vec![0; 4096], Vec::new());
    let (sent, mut reader) = thread::scope(|scope| {
        let writer = scope.spawn(|| scanouts(&server, &streams));
        loop {
            let (count, descriptors) = socket::read(&client, &mut buffer).unwrap();
            bytes.extend_from_slice(&buffer[..count]);
            kept.extend(descriptors);
            if count == 0 {
                return writer.join().unwrap();
            }
        }
    });
    assert!(bytes == sent);
    assert_eq!(kept.len(), 4);
    // They are what was sent, and nobody else has them.
    std::fs::File::from(kept.pop().unwrap()).write_all(b"through").unwrap();
    kept.clear();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "through");
    let mut log = String::new();
    out.read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let lines: Vec<_> = log.lines().filter(|line| line.contains("descriptor")).collect();
    let [one, three] = lines[..] else { panic!("{log}") };
    assert!(one.ends_with("display:0    S>C 320 gl_scanout_unix, 20 bytes and a descriptor"), "{one}");
    assert!(three.ends_with("display:0    S>C 320 gl_scanout_unix, 20 bytes and 3 descriptors"), "{three}");
}

#[test]
fn descriptors_for_a_client_on_tcp_are_closed_and_that_is_said_once() {
    let folder = Folder::new();
    let (listen, to) = (format!("127.0.0.1:{}", free_port()), folder.file("server"));
    let listener = UnixListener::bind(&to).unwrap();
    let (mut child, mut out) = proxy(&[&listen, to.to_str().unwrap(), "--end-after", "0"]);
    let mut client = TcpStream::connect(&listen).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let streams = display();
    client.write_all(&streams[0]).unwrap();
    server.read_exact(&mut vec![0; streams[0].len()]).unwrap();
    let mut bytes = Vec::new();
    let (sent, mut reader) = thread::scope(|scope| {
        let writer = scope.spawn(|| scanouts(&server, &streams));
        client.read_to_end(&mut bytes).unwrap();
        writer.join().unwrap()
    });
    assert!(bytes == sent, "bytes are not touched");
    // The session goes on, without descriptors.
    assert_eq!(reader.read(&mut [0]).unwrap(), 0, "somebody has the descriptors");
    client.write_all(b"more").unwrap();
    server.read_exact(&mut [0; 4]).unwrap();
    drop(client);
    let mut log = String::new();
    out.read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let said: Vec<_> = log.lines().filter(|line| line.contains("cannot go over TCP")).collect();
    assert!(said.len() == 1 && said[0].contains(" 1 descriptor cannot go over TCP; closed"), "{said:?}");
}
