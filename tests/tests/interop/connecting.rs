//! Our client as people connect: files of Proxmox, certificates of every kind, WebSockets through others.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use libtest_mimic::Trial;
use spice_proto::connect::Uri;
use tungstenite::protocol::{Message, Role, WebSocket};

#[cfg(feature = "tls")]
use crate::live::Folder;
use crate::live::peers::QEMU;
use crate::live::{free_port, trial};
use crate::qemu::Qemu;
use crate::screenshot::common::credentials::Credentials;
use crate::screenshot::common::stream::BoxStream;
use crate::screenshot::common::websocket::{Frames, authority};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("connecting::websocket_to_ipv6", &[&QEMU], websocket_to_ipv6),
        trial("connecting::websocket_hosts", &[], websocket_hosts),
        trial("connecting::websocket_frames", &[], websocket_frames),
        trial("connecting::websocket_answers", &[&QEMU], websocket_answers),
        trial("connecting::nothing_secret_is_shown", &[], nothing_secret_is_shown),
        trial("connecting::files_with_odd_values", &[&QEMU], files_with_odd_values),
    ];
    #[cfg(feature = "tls")]
    trials.extend([
        trial("connecting::proxmox_host_over_tls", &[&QEMU], tls::proxmox),
        trial("connecting::hosts_that_are_no_dns_names", &[&QEMU], tls::odd_hosts),
        trial("connecting::common_name_only", &[&QEMU], tls::common_name_only),
        trial("connecting::self_signed", &[&QEMU], tls::self_signed),
        trial("connecting::subject_compare", &[&QEMU], tls::subject_compare),
        trial("connecting::x509_v1", &[&QEMU], tls::x509_v1),
        trial("connecting::every_vector_with_openssl", &[], tls::every_vector),
    ]);
    trials
}

/// A file of `tests/cases`.
fn case(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(file)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// What stands between client and server: heads of requests as they came, and what happens to heads of answers.
struct Between {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Between {
    /// Listens. `change` makes of a server's head what the client gets; without a server's head (`None`) it is a proxy
    /// that answers by itself.
    fn start(
        server: u16,
        change: impl Fn(Option<String>) -> String + Send + Sync + 'static,
        asks_server: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, change) = (requests.clone(), Arc::new(change));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (seen, change) = (seen.clone(), change.clone());
                thread::spawn(move || pass(client, server, &*change, asks_server, &seen));
            }
        });
        Between { port, requests }
    }

    /// The heads of requests so far.
    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no thread panics with it").clone()
    }
}

fn pass(
    mut client: TcpStream,
    server: u16,
    change: &dyn Fn(Option<String>) -> String,
    asks_server: bool,
    seen: &Mutex<Vec<String>>,
) -> Option<()> {
    let request = head(&mut client)?;
    let mut server = TcpStream::connect(("127.0.0.1", server)).ok()?;
    let answer = match asks_server {
        true => {
            server.write_all(request.as_bytes()).ok()?;
            Some(head(&mut server)?)
        }
        false => None,
    };
    seen.lock().ok()?.push(request);
    client.write_all(change(answer).as_bytes()).ok()?;
    let (mut from_client, mut to_server) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        to_server.shutdown(Shutdown::Write)
    });
    let _ = io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

/// Up to the empty line.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn websocket_to_ipv6() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--host", "::1", "--port", &port]);
    qemu.shows(&["--websocket", &format!("spice://[::1]:{port}")]);
    qemu.shows(&[&format!("spice://[::1]:{port}")]);
}

/// The Host field: brackets, no zone, the port where it is not the scheme's own.
fn websocket_hosts() {
    for (host, port, secure, field) in [
        ("vm7.example", 5900, false, "vm7.example:5900"),
        ("vm7.example", 80, false, "vm7.example"),
        ("vm7.example", 443, false, "vm7.example:443"),
        ("vm7.example", 443, true, "vm7.example"),
        ("127.0.0.1", 80, true, "127.0.0.1:80"),
        ("::1", 5900, false, "[::1]:5900"),
        ("fe80::1%eth0", 5900, false, "[fe80::1]:5900"),
        ("fe80::1%25", 80, false, "[fe80::1]"),
        ("pve:1::2x", 5900, false, "pve:1::2x:5900"),
    ] {
        assert_eq!(authority(host, port, secure).expect("a host"), field);
    }
    for host in ["", "a b", "a\r\nX: y", "a\0"] {
        let error = authority(host, 5900, false).expect_err("no host");
        assert_eq!(error.to_string(), "the host is no name of a server");
    }
}

/// Frames of both kinds, empty ones and pings: their payloads are one stream.
fn websocket_frames() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let client = TcpStream::connect(listener.local_addr().expect("it is bound")).expect("it listens");
    let (server, _) = listener.accept().expect("a client");
    let mut server = WebSocket::from_raw_socket(server, Role::Server, None);
    for message in [
        Message::text("RE"),
        Message::binary(Vec::new()),
        Message::Ping("are you there".into()),
        Message::binary(b"DQ".to_vec()),
        Message::Close(None),
    ] {
        server.send(message).expect("the client listens");
    }
    let client: BoxStream = Box::new(client);
    let mut frames = Frames::new(WebSocket::from_raw_socket(client, Role::Client, None));
    let mut bytes = [0; 4];
    frames.read_exact(&mut bytes).expect("four bytes");
    assert_eq!((&bytes, frames.read(&mut [0]).expect("the end")), (b"REDQ", 0));
}

/// Answers as they come through reverse proxies and from other servers.
fn websocket_answers() {
    let port = free_port();
    let qemu = Qemu::start(&["--port", &port.to_string()]);
    let through = |change: fn(String) -> String| {
        let between = Between::start(port, move |answer| change(answer.unwrap_or_default()), true);
        let uri = format!("spice://127.0.0.1:{}", between.port);
        (between, uri)
    };
    let good: [fn(String) -> String; 8] = [
        |answer| answer.replace("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        |answer| answer.replace("Connection: Upgrade", "connection: keep-alive\r\nconnection: UPGRADE"),
        |answer| answer.replace("Upgrade: WebSocket", "upgrade: h2c, websocket"),
        |answer| answer.replace("Sec-WebSocket-Protocol: binary\r\n", ""),
        |answer| answer.replace("Sec-WebSocket-Protocol: binary", "Sec-WebSocket-Protocol:"),
        |answer| answer.replace("Connection: Upgrade", "Connection: keep-alive,\r\n\tUpgrade"),
        |answer| answer.replace("Connection: Upgrade", "Via : x\r\nCONNECTION:,Upgrade,"),
        |answer| answer.replacen(answer.lines().next().unwrap_or_default(), "HTTP/1.1 101 ", 1),
    ];
    for (index, change) in good.into_iter().enumerate() {
        let (between, uri) = through(change);
        qemu.shows(&["--websocket", &uri]);
        let requests = between.requests();
        let host = format!("\r\nHost: 127.0.0.1:{}\r\n", between.port);
        assert!(
            requests.len() >= 4 && requests.iter().all(|request| request.contains(&host)),
            "{index}: {requests:?}"
        );
    }
    let bad: [fn(String) -> String; 5] = [
        |answer| answer.replace("Connection: Upgrade", "Connection: keep-alive"),
        |answer| answer.replace("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: x"),
        |answer| answer.replace("Sec-WebSocket-Protocol: binary", "Sec-WebSocket-Protocol: chat"),
        |answer| answer.replace("101", "200"),
        |answer| {
            answer.replace("Upgrade: WebSocket\r\n", "Upgrade: websocket\r\nSec-WebSocket-Extensions: x\r\n")
        },
    ];
    for change in bad {
        let (_between, uri) = through(change);
        qemu.refuses(&["--websocket", &uri]);
    }
}

/// Values that cannot be read cost nothing but themselves.
fn files_with_odd_values() {
    let port = free_port().to_string();
    let qemu = Qemu::start(&["--port", &port]);
    for name in ["colour-empty.vv", "switch-words.vv", "tls-port-null.vv"] {
        let file = fs::read_to_string(case(&format!("vv-one-bad-value/{name}"))).expect("the case is there");
        let path = qemu.folder.file(name);
        fs::write(&path, file.replace("5931", &port)).expect("it is our folder");
        qemu.shows(&[text(&path)]);
    }
    // What only TLS needs costs nothing where there is a port without.
    let start = format!("[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport={port}\n");
    for line in [
        "ca=",
        "ca=null",
        "ca=\\n",
        "ca=a\\",
        "ca=-----BEGIN CERTIFICATE-----\\n",
        "host-subject=\\",
        "tls-ciphers=x",
    ] {
        let path = qemu.folder.file("tls.vv");
        fs::write(&path, format!("{start}{line}\ntls-port=-1\n")).expect("it is our folder");
        qemu.shows(&[text(&path)]);
        fs::write(&path, format!("{start}{line}\nsecure-channels=main\ntls-port={port}\n"))
            .expect("it is our folder");
        qemu.refuses(&[text(&path)]);
    }
}

/// Where a session is, as people are told: no user, no password, no ticket. And the hint when a password stands where a
/// user does.
fn nothing_secret_is_shown() {
    for (uri, shown) in [
        ("spice://user:word@127.0.0.1:1?password=pw", "spice://127.0.0.1:1"),
        ("spice://vm7.example?port=1&tls-port=2", "spice://vm7.example?port=1&tls-port=2"),
        ("spice+tls://[fe80::1%25eth0]:1", "spice+tls://[fe80::1%eth0]:1"),
        ("spice+tls://pvespiceproxy%3A6aaf%3A100%3Apve1%3A%3A0ce0:1", "the server"),
    ] {
        let mut dialer = crate::dial::dialer("1");
        dialer.uri = Uri::parse(uri).expect("an address");
        assert_eq!(dialer.shown(), shown);
    }
    let credentials = |username: &str, password: &str| Credentials {
        username: Some(username.into()),
        password: password.into(),
    };
    let hint = credentials("user:word", "").hint().expect("a hint");
    assert!(
        hint.contains("?password=") && hint.contains("SPICE_PASSWORD") && !hint.contains("word@"),
        "{hint}"
    );
    assert_eq!(credentials("user", "").hint(), None);
    assert_eq!(credentials("user:word", "pw").hint(), None);
}

#[cfg(feature = "tls")]
mod tls {
    use openssl::x509::X509;
    use spice_proto::certificate::Time;
    use spice_proto_tests::vectors;

    use super::*;
    use crate::screenshot::common::tls::Trust;

    /// QEMU with a certificate of a case: authority, certificate and key.
    struct Server {
        qemu: Qemu,
        port: u16,
        folder: Folder,
    }

    impl Server {
        fn start(authority: &str, certificate: &str, key: &str) -> Self {
            let folder = Folder::new();
            for (file, name) in
                [(authority, "ca-cert.pem"), (certificate, "server-cert.pem"), (key, "server-key.pem")]
            {
                fs::copy(case(file), folder.file(name)).unwrap_or_else(|error| panic!("{file}: {error}"));
            }
            let (port, plain) = (free_port(), free_port().to_string());
            let arguments =
                ["--port", &plain, "--tls-port", &port.to_string(), "--tls-dir", text(folder.path())];
            Server { qemu: Qemu::start(&arguments), port, folder }
        }

        fn ca(&self) -> String {
            text(&self.folder.file("ca-cert.pem")).to_owned()
        }

        fn shows(&self, host: &str, more: &[&str]) {
            let uri = format!("spice+tls://{host}:{}", self.port);
            self.qemu.shows(&[&[uri.as_str(), "--ca-file", &self.ca()], more].concat());
        }

        fn refuses(&self, host: &str, more: &[&str]) {
            let uri = format!("spice+tls://{host}:{}", self.port);
            self.qemu.refuses(&[&[uri.as_str(), "--ca-file", &self.ca()], more].concat());
        }
    }

    fn proxmox_server() -> Server {
        let file = |name: &str| format!("proxmox-host-over-tls/tls/{name}.pem");
        Server::start(&file("ca-cert"), &file("server-cert"), &file("server-key"))
    }

    /// The host is a ticket for the proxy, which leads to the server's TLS port.
    pub(super) fn proxmox() {
        let server = proxmox_server();
        let proxy = Between::start(server.port, |_| "HTTP/1.0 200 OK\r\n\r\n".into(), false);
        let file = fs::read_to_string(case("proxmox-host-over-tls/pve.vv")).expect("the case is there");
        let write = |name: &str, text: String| {
            let path = server.folder.file(name);
            fs::write(&path, text).expect("it is our folder");
            path.to_str().expect("a plain path").to_owned()
        };
        let file = file.replace("127.0.0.1:5972", &format!("127.0.0.1:{}", proxy.port));
        server.qemu.shows(&[&write("pve.vv", file.clone())]);
        let host = "pvespiceproxy:6aaf3e30:100:pve1::0ce0c582782475067748d635004e44b72d8bc5";
        let requests = proxy.requests();
        let asked = format!("CONNECT {host}:61000 HTTP/1.0\r\n");
        assert!(
            requests.len() >= 4 && requests.iter().all(|request| request.starts_with(&asked)),
            "{requests:?}"
        );
        server.qemu.refuses(&[&write("other.vv", file.replace("CN=pve.example.org", "CN=elsewhere"))]);
        // Without the subject the ticket would have to be the certificate's name.
        let line = file.lines().find(|line| line.starts_with("host-subject")).expect("it has one");
        server.qemu.refuses(&[&write("name.vv", file.replace(line, ""))]);
    }

    /// Addresses with zones and names that are not ASCII: the subject takes the place of the name.
    pub(super) fn odd_hosts() {
        let server = proxmox_server();
        let subject =
            ["--host-subject", "O=Proxmox Virtual Environment,OU=PVE Cluster Node,CN=pve.example.org"];
        let proxy = Between::start(server.port, |_| "HTTP/1.0 200 OK\r\n\r\n".into(), false);
        let through = ["--proxy", &format!("http://127.0.0.1:{}", proxy.port)];
        for host in ["[fe80::1%25eth0]", "b\u{fc}cher.example", "pve%3A1%3A%3A2", "[::1%lo]"] {
            server.shows(host, &[&subject[..], &through].concat());
        }
        let mut asked: Vec<String> = proxy
            .requests()
            .iter()
            .filter_map(|request| request.split(' ').nth(1).map(str::to_owned))
            .collect();
        asked.dedup();
        let port = server.port;
        let wanted = ["[fe80::1%eth0]", "xn--bcher-kva.example", "pve:1::2", "[::1%lo]"]
            .map(|host| format!("{host}:{port}"));
        assert_eq!(asked, wanted);
        server.refuses("pve%3A1%3A%3A2", &through);
    }

    pub(super) fn common_name_only() {
        let file = |name: &str| format!("tls-common-name-only/{name}");
        let server = Server::start(&file("ca.pem"), &file("cnonly.pem"), &file("cnonly.key"));
        server.shows("localhost", &[]);
        server.refuses("127.0.0.1", &[]);
        server.shows("127.0.0.1", &["--host-subject", "CN=LocalHost"]);
    }

    pub(super) fn self_signed() {
        let file = |name: &str| format!("tls-self-signed/{name}");
        let server = Server::start(&file("self.pem"), &file("self.pem"), &file("self.key"));
        server.shows("localhost", &[]);
        server.shows("127.0.0.1", &["--host-subject", "CN=localhost"]);
        server.refuses("127.0.0.1", &["--host-subject", "CN=elsewhere"]);
    }

    pub(super) fn subject_compare() {
        let file = |name: &str| format!("tls-subject-compare/{name}");
        let lines = fs::read_to_string(case(&file("cases.txt"))).expect("the case is there");
        for certificate in ["plain", "sp", "full"] {
            let server = Server::start(
                &file("ca.pem"),
                &file(&format!("{certificate}.pem")),
                &file(&format!("{certificate}.key")),
            );
            for subject in lines.lines().filter_map(|line| line.strip_prefix(certificate)?.strip_prefix('\t'))
            {
                server.shows("127.0.0.1", &["--host-subject", subject]);
            }
            server.refuses("127.0.0.1", &["--host-subject", "O=Other,CN=y"]);
        }
    }

    pub(super) fn x509_v1() {
        let file = |name: &str| format!("tls-x509-v1/{name}");
        let server = Server::start(&file("ca-cert.pem"), &file("server-cert.pem"), &file("server-key.pem"));
        let vv = fs::read_to_string(case(&file("v1.vv"))).expect("the case is there");
        let path = server.folder.file("v1.vv");
        let old = vv.lines().find(|line| line.starts_with("tls-port=")).expect("it has one");
        fs::write(&path, vv.replace(old, &format!("tls-port={}", server.port))).expect("it is our folder");
        server.qemu.shows(&[text(&path)]);
        server.refuses("127.0.0.1", &[]);
    }

    /// What spice-gtk answered to every kind of certificate and of CA file is what the tools do with OpenSSL.
    pub(super) fn every_vector() {
        /// See `conformance::certificate`.
        const TAKEN_HERE_ONLY: &[&str] = &[
            "san ip6: fe80::1%lo",
            "san ip6: fe80::1%eth0",
            "name cn-ip6: fe80::1%lo",
            "two authorities of one name, the second",
            "subject too-long",
            "subject country",
            "subject long-org",
            "subject kinds serial, odd",
            "subject kinds qualifier, odd",
            "subject kinds component, odd",
            "subject kinds mail, odd",
            "subject kinds digits, odd",
            "subject kinds digits-inn, odd",
            "subject kinds digits-ogrn, odd",
            "subject kinds digits-n3, odd",
            "subject kinds long-unit, odd",
            "subject kinds state, odd",
            "subject kinds country, odd",
        ];
        let lines = vectors::lines(|name| name == "certificate.jsonl");
        let der = |name: &str| {
            let line = lines.iter().find(|line| line.text("certificate") == name).expect("it has a line");
            vectors::from_hex(line.text("der"))
        };
        let mut asked = 0;
        for line in lines
            .iter()
            .filter(|line| line.json.get("case").is_some() && line.json.get("public_key").is_none())
        {
            let names = |key: &str| -> Vec<Vec<u8>> {
                let names = line.json[key].as_array().expect("a list").iter();
                names.map(|name| der(name.as_str().expect("a name"))).collect()
            };
            let pem = match line.json["authorities"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => {
                    let pem =
                        |der: &Vec<u8>| X509::from_der(der).and_then(|certificate| certificate.to_pem());
                    names("authorities").iter().flat_map(|der| pem(der).expect("OpenSSL reads it")).collect()
                }
            };
            let subject = line.json.get("subject").map(|_| line.text("subject"));
            let now = Time::from_unix(line.json["now"].as_i64().expect("a time"));
            let verdict = Trust::new(&pem, subject, None)
                .and_then(|trust| trust.check(&names("chain"), line.text("host"), now));
            let case = line.text("case");
            let wanted = line.json["accepted"] == true || TAKEN_HERE_ONLY.contains(&case);
            assert_eq!(verdict.is_ok(), wanted, "{case}: {verdict:?}");
            asked += 1;
        }
        assert!(asked > 390, "{asked} questions");
        // The ciphers of a file have to be some that OpenSSL knows.
        let pem = X509::from_der(&der("root"))
            .and_then(|certificate| certificate.to_pem())
            .expect("OpenSSL reads it");
        for (ciphers, known) in
            [("DEFAULT", true), ("ECDHE-RSA-AES256-GCM-SHA384:!aNULL", true), ("", true), ("nonsense", false)]
        {
            assert_eq!(Trust::new(&pem, None, Some(ciphers)).is_ok(), known, "{ciphers}");
        }
        let wrong = Trust::new(&pem, Some("O=x,cn=y"), None).expect_err("no subject");
        assert_eq!(wrong.to_string(), "host subject: no type that is known (their case matters), at byte 4");
    }
}
