//! `proxy --record`: what it wrote is what passed, and what its own log names.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use spice_proto_tests::capture::{Capture, Roles};

use crate::tool::{Folder, run, session};

/// What both ends sent on a connection: to the server, to the client.
pub(crate) type Streams = [Vec<u8>; 2];

pub(crate) fn recorded(name: &str) -> Vec<Streams> {
    let capture = Capture::open(session(name)).unwrap();
    let streams = capture.connections.iter().filter_map(|connection| connection.spice());
    streams.map(|(to_server, to_client)| [to_server.bytes().to_vec(), to_client.bytes().to_vec()]).collect()
}

/// Starts the proxy; waits until it listens.
pub(crate) fn proxy(arguments: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_proxy"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on "), "{line}");
    (child, out)
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One connection through the proxy: both ends send what they have at once, in pieces, and end. So messages of both
/// directions are not in the order of the session, which matters for agent messages and usbredir packets alone.
fn talk<S: Socket>(client: S, server: S, [to_server, to_client]: &Streams) {
    thread::scope(|scope| {
        for (end, bytes) in [(client.both(), to_server), (server.both(), to_client)] {
            let [mut reader, mut writer] = end;
            scope.spawn(move || {
                bytes.chunks(30_011).for_each(|piece| writer.write_all(piece).unwrap());
                writer.finish();
            });
            scope.spawn(move || reader.read_to_end(&mut Vec::new()).unwrap());
        }
    });
}

/// A socket whose two directions are used apart.
trait Socket: Read + Write + Send + Sized {
    fn both(self) -> [Self; 2];
    fn finish(&self);
}

impl Socket for TcpStream {
    fn both(self) -> [Self; 2] {
        [self.try_clone().unwrap(), self]
    }

    fn finish(&self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

impl Socket for UnixStream {
    fn both(self) -> [Self; 2] {
        [self.try_clone().unwrap(), self]
    }

    fn finish(&self) {
        self.shutdown(Shutdown::Write).unwrap();
    }
}

/// Connection, channel, direction, number, name, size of each message that the log names.
fn log_messages(log: &str) -> Vec<String> {
    let of_message =
        |line: &&str| line.contains(" bytes") && (line.contains(" C>S ") || line.contains(" S>C "));
    let mut lines: Vec<_> =
        log.lines().filter(of_message).filter(|line| !line.contains("closed: ")).map(without_time).collect();
    lines.sort();
    lines
}

/// The line from the number of the connection to the size of the message.
fn without_time(line: &str) -> String {
    let rest = line.trim_start().split_once(' ').unwrap().1.trim_start();
    let end = rest.find(" bytes").unwrap();
    rest[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(file: &Path, log: &str, expected: &[Streams]) {
    let capture = Capture::open(file).unwrap();
    assert!(capture.error.is_none() && capture.connections.len() == expected.len());
    assert_eq!(capture.counts.packets, capture.counts.tcp);
    for (connection, [to_server, to_client]) in capture.connections.iter().zip(expected) {
        assert!(connection.from_syn && connection.roles == Roles::Handshake);
        for (stream, bytes) in [(&connection.to_server, to_server), (&connection.to_client, to_client)] {
            assert!(stream.bytes() == bytes && stream.fin && !stream.rst && stream.problem().is_none());
            assert!(stream.marks().windows(2).all(|pair| pair[0].time <= pair[1].time));
        }
    }
    let listing = run(file, "--messages");
    assert_eq!((listing.code, listing.err.as_str()), (0, ""));
    let mut messages: Vec<_> = listing.message_lines().map(without_time).collect();
    messages.sort();
    let logged = log_messages(log);
    assert!(
        !logged.is_empty() && logged == messages,
        "{} in the log, {} in the capture",
        logged.len(),
        messages.len()
    );
}

#[test]
fn a_recording_over_tcp_is_what_passed_and_what_the_log_names() {
    for name in ["full-ops-sublist", "port-chardev", "smartcard-cac", "inputs-tablet"] {
        let folder = Folder::new();
        let (port, file) = (free_port(), folder.file("x.pcapng"));
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let server_address = server.local_addr().unwrap();
        let [listen, to] = [format!("127.0.0.1:{port}"), server_address.to_string()];
        let (mut child, mut out) =
            proxy(&[&listen, &to, "--end-after", "0", "--record", file.to_str().unwrap()]);
        let streams = recorded(name);
        let mut clients = Vec::new();
        // All at once, in an order that is known.
        let connections: Vec<_> = streams
            .iter()
            .map(|streams| {
                let client = TcpStream::connect(&listen).unwrap();
                clients.push(client.local_addr().unwrap());
                (client, server.accept().unwrap().0, streams)
            })
            .collect();
        thread::scope(|scope| {
            for (client, server, streams) in connections {
                scope.spawn(move || talk(client, server, streams));
            }
        });
        let mut log = String::new();
        out.read_to_string(&mut log).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        check(&file, &log, &streams);
        let capture = Capture::open(&file).unwrap();
        let ends: Vec<_> =
            capture.connections.iter().map(|connection| (connection.client, connection.server)).collect();
        assert_eq!(
            ends,
            clients.iter().map(|client| (*client, server_address)).collect::<Vec<_>>(),
            "{name}"
        );
    }
}

#[test]
fn a_recording_over_unix_sockets_has_made_up_addresses_and_says_so() {
    let folder = Folder::new();
    let [listen, to, file] =
        ["listen", "server", "x.pcapng"].map(|name| folder.file(name).to_str().unwrap().to_owned());
    let server = UnixListener::bind(&to).unwrap();
    let (mut child, mut out) = proxy(&[&listen, &to, "--end-after", "0", "--record", &file]);
    let streams = &recorded("inputs-tablet")[..1];
    let client = UnixStream::connect(&listen).unwrap();
    talk(client, server.accept().unwrap().0, &streams[0]);
    let mut log = String::new();
    out.read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    check(Path::new(&file), &log, streams);
    let bytes = std::fs::read(&file).unwrap();
    let comment = b"connection 0 of the proxy; headers are made up, and so is each address 198.18.x.x";
    assert!(bytes.windows(comment.len()).any(|window| window == comment));
}

#[test]
fn what_has_passed_is_in_the_file_when_the_proxy_is_killed() {
    let folder = Folder::new();
    let (port, file) = (free_port(), folder.file("x.pcapng"));
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let [listen, to] = [format!("127.0.0.1:{port}"), server.local_addr().unwrap().to_string()];
    let (mut child, _out) = proxy(&[&listen, &to, "--record", file.to_str().unwrap()]);
    let mut client = TcpStream::connect(&listen).unwrap();
    let mut accepted = server.accept().unwrap().0;
    let mut passed = vec![0; 100_000];
    client.write_all(&passed).unwrap();
    accepted.read_exact(&mut passed).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let capture = Capture::open(&file).unwrap();
    assert!(capture.error.is_none());
    assert_eq!(capture.connections[0].to_server.bytes(), passed);
}

#[test]
fn a_log_that_nobody_reads_and_files_that_cannot_be_made_are_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_proxy"));
    let status =
        command.args(["no.such.host.invalid:1", "x:1"]).stdout(Stdio::null()).stderr(writer).status();
    assert_eq!(status.unwrap().code(), Some(2));
    let output = Command::new(env!("CARGO_BIN_EXE_proxy"))
        .args(["127.0.0.1:0", "127.0.0.1:1", "--record", "/no/such/folder/x.pcapng"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.starts_with("spice-proxy: /no/such/folder/x.pcapng: "), "{words}");
}

#[test]
fn a_password_of_sasl_is_recorded_only_when_that_is_asked_for() {
    const MARKER: &[u8] = b"Pr0beeZ-marker-of-a-password";
    let block = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
    // A link message with the words for the choice of SASL, then PLAIN in a start.
    let mut mess = vec![0; 18];
    (mess[4], mess[6], mess[14]) = (1, 1, 18);
    mess.extend_from_slice(&[0b1011, 0, 0, 0]);
    let header = [&b"REDQ\x02\0\0\0\x02\0\0\0"[..], &block(&mess)].concat();
    let plain = [b"\0tester\0", MARKER, b"\0"].concat();
    let to_server = [header, 2_u32.to_le_bytes().to_vec(), block(b"PLAIN"), block(&plain)].concat();
    for (options, shows) in [(&["--fields"][..], false), (&["--fields", "--with-secrets"], true)] {
        let (folder, server) = (Folder::new(), TcpListener::bind("127.0.0.1:0").unwrap());
        let file = folder.file("x.pcapng");
        let listen = format!("127.0.0.1:{}", free_port());
        let to = server.local_addr().unwrap().to_string();
        let fixed = [&listen[..], &to, "--end-after", "0", "--record", file.to_str().unwrap()];
        let (mut child, mut out) = proxy(&[&fixed, options].concat());
        let client = TcpStream::connect(&listen).unwrap();
        let accepted = server.accept().unwrap().0;
        talk(client, accepted, &[to_server.clone(), Vec::new()]);
        let mut log = String::new();
        out.read_to_string(&mut log).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let recorded = std::fs::read(&file).unwrap();
        let found = |bytes: &[u8]| bytes.windows(MARKER.len()).any(|window| window == MARKER);
        assert_eq!(found(&recorded), shows, "{options:?}");
        assert!(!found(log.as_bytes()), "{log}");
        // Everything else is there.
        let capture = Capture::open(&file).unwrap();
        let bytes = capture.connections[0].to_server.bytes().to_vec();
        let stars: Vec<u8> = plain.iter().map(|_| b'*').collect();
        let start = to_server.len() - plain.len();
        assert!(bytes[..start] == to_server[..start]);
        assert_eq!(&bytes[start..], if shows { &plain[..] } else { &stars[..] });
    }
}
