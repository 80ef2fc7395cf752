//! URIs and connection files: what spice-gtk and GLib read in them (`tests/interop/ask-connect`), and files as
//! Proxmox, oVirt and libvirt write them.

use std::collections::BTreeMap;

use serde_json::Value;
use spice_proto::connect::{ConnectionFile, FileErrorKind, Proxy, SessionType, Tunnel, TunnelError, Uri};
use spice_proto::link::Secret;
use spice_proto_tests::vectors::{self, Vector};

/// URIs that spice-gtk refuses and we take, and those that it takes, though it cannot connect to them or reads
/// something that cannot be meant. `docs/spec/connect.md` section 1 says why for each.
const TAKEN_HERE_ONLY: &[&str] = &[
    "SPICE://h:1",
    "Spice://H:1",
    "SPICE+TLS://h:1",
    "SPICE+UNIX:///tmp/a",
    "spice://h?port=1&foo=bar",
    "spice://h?foo=bar&port=1",
    "spice://h?port=1&username=x",
    "spice://h?port=1&channels=main",
    "spice://h?port=1&&tls-port=2",
    "spice://h?&port=1",
    "spice+tls://h:1?foo=1",
    "spice://h?password=a/b&port=1",
    "spice://h:1?password=a/b",
    "spice://h:1?proxy=http://x",
];
const REFUSED_HERE_ONLY: &[&str] = &[
    "spice+tls://h:1?port=3",
    "spice+tls://h:1?tls-port=3",
    "spice://h?port=1&password",
    "spice://h:1?password=a;b",
    "spice://h:1?password=%zz",
    "spice://h:1?password=%",
    "spice://h:1?password=a%2gb",
    "spice://:1",
    "spice://?port=1",
];

#[test]
fn every_uri_is_read_as_spice_gtk_reads_it() {
    let lines = vectors::lines(|name| name == "uri.jsonl");
    super::report(&lines, check_uri);
}

fn check_uri(line: &Vector) -> Result<(), String> {
    let text = line.text("uri");
    let ours = Uri::parse(text);
    let listed = (TAKEN_HERE_ONLY.contains(&text), REFUSED_HERE_ONLY.contains(&text));
    let theirs = &line.json["read"];
    let field = |name: &str| theirs[name].as_str();
    // A port that it keeps and does not connect to.
    let usable = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0)
    };
    let taken =
        !theirs.is_null() && ["port", "tls-port"].into_iter().all(|name| field(name).is_none_or(usable));
    match (&ours, taken, listed) {
        (Ok(_), false, (true, false)) | (Err(_), true, (false, true)) | (Err(_), false, (false, false)) => {
            Ok(())
        }
        (Ok(_), true, (false, false)) => same_uri(ours.as_ref().expect("just seen"), line, field),
        _ => Err(format!("{text}: {ours:?}, and spice-gtk: {theirs}")),
    }
}

fn same_uri<'v>(uri: &Uri, line: &Vector, field: impl Fn(&str) -> Option<&'v str>) -> Result<(), String> {
    let equal = match uri {
        Uri::Unix(path) => field("unix-path") == Some(path),
        Uri::Network(uri) => {
            let host = field("host").unwrap_or_default();
            let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let port = |name| field(name).map(|port| port.parse::<u16>().expect("a port"));
            uri.host == bare
                && uri.port.map(u16::from) == port("port")
                && uri.tls_port.map(u16::from) == port("tls-port")
                && uri.username.as_deref() == field("username")
                && uri.password.as_ref().map(Secret::as_bytes) == field("password").map(str::as_bytes)
                && uri.other.is_empty()
        }
        _ => false,
    };
    // It writes no user name and no password, and no escapes; zeros before a port go.
    let written = line.text("written").replace(":00012", ":12");
    let shown = uri.to_string();
    let same_text = shown == written
        || [" ", "%", "@", "\u{e9}", ":x"].iter().any(|odd| shown.contains(odd) || written.contains(odd));
    let again =
        Uri::parse(&uri.to_text().map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
    match equal && same_text && again == *uri {
        true => Ok(()),
        false => Err(format!("{uri:?}, written as {shown}, and spice-gtk: {}", line.json)),
    }
}

/// Files that GLib reads and we do not: a BOM or a type is asked for by remote-viewer, not by GLib.
fn is_for_viewers(groups: &BTreeMap<String, Value>) -> bool {
    groups.get("virt-viewer").is_some_and(|group| group.get("type").is_some())
}

#[test]
fn every_key_file_is_read_and_written_as_glib_does() {
    let lines = vectors::lines(|name| name == "key_file.jsonl");
    super::report(&lines, |line| match line.json.get("write") {
        Some(_) => check_written(line),
        None => check_key_file(line),
    });
}

fn check_key_file(line: &Vector) -> Result<(), String> {
    let bytes = line.json.get("text").map_or_else(|| line.bytes(), |_| line.text("text").into());
    let ours = ConnectionFile::parse_lenient(&bytes);
    let strict = ConnectionFile::parse(&bytes);
    let groups: Option<BTreeMap<String, Value>> =
        serde_json::from_value(line.json["groups"].clone()).expect("groups");
    let Some(groups) = groups.filter(is_for_viewers) else {
        return match (ours, strict) {
            (Err(one), Err(other)) if one == other || other.kind() == FileErrorKind::Utf8 => Ok(()),
            other => Err(format!("{other:?} is no file for GLib or viewers")),
        };
    };
    let viewer = &groups["virt-viewer"];
    let (file, problems) = ours.map_err(|error| format!("{error}, and GLib: {viewer}"))?;
    // The strict reading is the same, or tells the first of the problems.
    match (&strict, problems.first()) {
        (Ok(strict), None) if *strict == file => {}
        (Err(one), Some(other)) if one == other || one.kind() == FileErrorKind::Utf8 => {}
        // A comment may be anything.
        (Err(error), None) if error.kind() == FileErrorKind::Utf8 => {}
        other => return Err(format!("{other:?} of the two readings")),
    }
    let title = viewer["title"]["string"].as_str();
    let depth = viewer["color-depth"]["integer"].as_i64();
    let effects: Vec<String> = match &viewer["disable-effects"]["list"] {
        Value::Null => Vec::new(),
        list => serde_json::from_value(list.clone()).expect("texts"),
    };
    // Every value that GLib cannot read is listed.
    let unreadable = [("title", "string"), ("color-depth", "integer"), ("disable-effects", "list")];
    let listed = unreadable.iter().all(|(key, kind)| {
        let gone = !viewer[key].is_null() && viewer[key][kind].is_null();
        !gone || problems.iter().any(|problem| problem.key() == Some(key))
    });
    let known = ["type", "title", "color-depth", "disable-effects"];
    // What is not UTF-8 has this character here, and is not kept.
    let is_text = |text: &str| !text.contains(char::REPLACEMENT_CHARACTER);
    let others = viewer.as_object().expect("keys").iter().filter(|(key, values)| {
        !known.contains(&key.as_str()) && is_text(key) && !values["string"].is_null()
    });
    let same_others = others.clone().all(|(key, values)| {
        file.other.get(key).map(|raw| raw.as_bytes()) == values["value"].as_str().map(str::as_bytes)
    });
    let mut named: Vec<&str> = file.other_groups.keys().map(String::as_str).collect();
    named.extend(file.ovirt.is_some().then_some("ovirt"));
    named.push("virt-viewer");
    named.sort_unstable();
    let again = file.to_text().map_err(|error| error.to_string())?;
    let same = file.title.as_deref() == title
        && listed
        && file.color_depth.map(i64::from) == depth
        && file.disable_effects == effects
        && same_others
        && others.count() == file.other.len()
        && named == groups.keys().map(String::as_str).filter(|name| is_text(name)).collect::<Vec<_>>()
        && ConnectionFile::parse(again.as_bytes()).as_ref() == Ok(&file);
    if same { Ok(()) } else { Err(format!("{file:?}, {problems:?}, and GLib: {viewer}")) }
}

fn check_written(line: &Vector) -> Result<(), String> {
    let text = line.text("write");
    let mut file = ConnectionFile::new(SessionType::Spice);
    file.title = Some(text.into());
    file.disable_effects = vec![text.into(), text.into()];
    let written = file.to_text().map_err(|error| error.to_string())?;
    match [line.text("string"), line.text("list")]
        .iter()
        .all(|wanted| written.lines().any(|line| line == *wanted))
    {
        true => Ok(()),
        false => Err(format!("written as {:?}", *written)),
    }
}

/// As Proxmox VE's `spiceproxy` call answers: the host is a ticket of the proxy, not a name.
const PROXMOX: &str = "[virt-viewer]\n\
secure-attention=Ctrl+Alt+Ins\n\
release-cursor=Ctrl+Alt+R\n\
toggle-fullscreen=Shift+F11\n\
title=VM 100 - web\n\
proxy=http://pve1.example.org:3128\n\
type=spice\n\
delete-this-file=1\n\
host=pvespiceproxy:655f0e3a:100:pve1::4f2c7a9be01d3355aa6a7f0c2ab1\n\
tls-port=61000\n\
password=b2f3a9cd0e\n\
host-subject=OU=PVE Cluster Node,O=Proxmox Virtual Environment,CN=pve1.example.org\n\
ca=-----BEGIN CERTIFICATE-----\\nMIIFpzCCA4+gAwIBAgIUF\\n-----END CERTIFICATE-----\\n\n";

#[test]
fn a_file_of_proxmox_leads_through_its_proxy() {
    let file = ConnectionFile::parse(PROXMOX.as_bytes()).unwrap();
    assert_eq!(file.ca.as_deref().map(|ca| ca.lines().count()), Some(3));
    assert_eq!(file.password.as_ref().map(Secret::as_bytes), Some(&b"b2f3a9cd0e"[..]));
    assert!(!format!("{file:?}").contains("b2f3a9cd0e"), "{file:?}");
    assert_eq!(file.delete_this_file, Some(true));
    assert_eq!((file.secure_attention.as_deref(), file.port), (Some("Ctrl+Alt+Ins"), None));
    let Ok(Uri::Network(server)) = file.uri() else { panic!("no server") };
    let proxy: &Proxy = file.proxy.as_ref().unwrap();
    assert_eq!((proxy.host.as_str(), proxy.port()), ("pve1.example.org", 3128));
    let tunnel = Tunnel::new(&server.host, server.tls_port.unwrap(), proxy.credentials()).unwrap();
    let request = "CONNECT pvespiceproxy:655f0e3a:100:pve1::4f2c7a9be01d3355aa6a7f0c2ab1:61000 HTTP/1.0\r\n";
    assert!(tunnel.request().starts_with(request.as_bytes()));
    same_lines(PROXMOX, &file);
}

/// As oVirt's engine writes it: semicolon lists, `port` beside `tls-port`, a group for the REST interface.
const OVIRT: &str = "[virt-viewer]\n\
type=spice\n\
host=192.0.2.10\n\
port=5900\n\
password=Tw8zq1oYnbyP\n\
# Password is valid for 120 seconds.\n\
delete-this-file=1\n\
fullscreen=0\n\
title=web01:%d\n\
toggle-fullscreen=shift+f11\n\
release-cursor=shift+f12\n\
secure-attention=ctrl+alt+end\n\
tls-port=5901\n\
enable-smartcard=0\n\
enable-usb-autoshare=1\n\
usb-filter=-1,-1,-1,-1,0\n\
tls-ciphers=DEFAULT\n\
host-subject=O=example.org,CN=192.0.2.10\n\
ca=-----BEGIN CERTIFICATE-----\\nMIIDxjCCAq6gAwIBAgICEAAwDQ\\n-----END CERTIFICATE-----\\n\n\
secure-channels=main;inputs;cursor;playback;record;display;smartcard;usbredir\n\
disable-channels=webdav\n\
versions=rhev-win64:2.0-160;rhev-win32:2.0-160;rhel7:2.0-8;rhel6:99.0-1\n\
newer-version-url=https://engine.example.org/ovirt-engine/rhev/client-resources\n\
disable-effects=wallpaper;animation\n\
color-depth=32\n\
\n\
[ovirt]\n\
host=engine.example.org:443\n\
vm-guid=7d9c5ee2-ef5b-4a32-a8fe-7e9a3e1f5f9b\n\
sso-token=Yw3Fq0tT-8xX\n\
admin=1\n\
ca=-----BEGIN CERTIFICATE-----\\nMIIDxjCCAq6gAwIBAgICEAAwDQ\\n-----END CERTIFICATE-----\\n\n";

#[test]
fn a_file_of_ovirt_keeps_its_second_group_and_its_lists() {
    let file = ConnectionFile::parse(OVIRT.as_bytes()).unwrap();
    assert_eq!(
        file.uri().map(|uri| uri.to_string()).as_deref(),
        Ok("spice://192.0.2.10?port=5900&tls-port=5901")
    );
    assert_eq!((file.secure_channels.len(), file.versions.len()), (8, 4));
    assert_eq!((file.color_depth, file.fullscreen), (Some(32), Some(false)));
    let ovirt = file.ovirt.as_ref().unwrap();
    assert_eq!(ovirt.host.as_deref(), Some("engine.example.org:443"));
    assert_eq!(ovirt.sso_token, Some(Secret::from("Yw3Fq0tT-8xX")));
    let shown = format!("{file:?}");
    assert!(!shown.contains("Yw3Fq0tT") && !shown.contains("Tw8zq1oY"), "{shown}");
    same_lines(OVIRT, &file);
}

/// A file of another time: keys and a group that nobody knows here.
#[test]
fn unknown_keys_and_groups_are_written_back() {
    let text = "[virt-viewer]\ntype=spice\nunix-path=/run/vm.sock\ntitle[de]=Rechner\nx-token=a\\qb\n\n[acme]\nk=v\n";
    let file = ConnectionFile::parse(text.as_bytes()).unwrap();
    assert_eq!(file.uri(), Ok(Uri::Unix("/run/vm.sock".into())));
    assert!(!format!("{file:?}").contains("a\\qb"));
    same_lines(text, &file);
}

/// What `virsh domdisplay` prints, and old hand-written links.
#[test]
fn uris_as_libvirt_and_old_pages_have_them() {
    for (text, shown) in [
        ("spice://127.0.0.1:5900", "spice://127.0.0.1:5900"),
        ("spice://localhost:5900?tls-port=5901", "spice://localhost?port=5900&tls-port=5901"),
        ("spice://localhost?tls-port=5901", "spice+tls://localhost:5901"),
        ("spice://host?port=5930&tls-port=5931", "spice://host?port=5930&tls-port=5931"),
        (
            "spice+unix:///run/libvirt/qemu/domain-1-vm/spice.sock",
            "spice+unix:///run/libvirt/qemu/domain-1-vm/spice.sock",
        ),
    ] {
        assert_eq!(Uri::parse(text).map(|uri| uri.to_string()).as_deref(), Ok(shown));
    }
}

/// The request that GLib 2.74 sent for spice-gtk 0.42, but for its `User-Agent`; the user name as in the proxy's key.
#[test]
fn a_tunnel_asks_as_spice_gtk_does() {
    let proxy = Proxy::parse("http://u:p%40w@127.0.0.1:5871").unwrap();
    let mut tunnel = Tunnel::new("h.example", 5900.try_into().unwrap(), proxy.credentials()).unwrap();
    let request = "CONNECT h.example:5900 HTTP/1.0\r\nHost: h.example:5900\r\nProxy-Connection: keep-alive\r\n\
                   Proxy-Authorization: Basic dTpwJTQwdw==\r\n\r\n";
    assert_eq!(tunnel.request(), request.as_bytes());
    let answer = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nREDQ";
    assert_eq!(tunnel.handle_input(answer), Ok(answer.len() - 4));
    assert!(tunnel.is_open());
    assert_eq!(tunnel.handle_input(b"REDQ"), Ok(0));
}

/// Answers that spice-gtk was given: what it does.
#[test]
fn answers_of_proxies_are_taken_and_refused_as_by_spice_gtk() {
    use TunnelError::{AuthenticationRequired, NotHttp, Refused};
    for (answer, result) in [
        ("HTTP/1.0 200 Connection established\r\n\r\n", None),
        ("HTTP/1.1 201 Created\r\n\r\n", None),
        ("HTTP/1.1 200\r\n\r\n", None),
        ("HTTP/1.1  200 OK\r\n\r\n", None),
        ("HTTP/1.0 407 Proxy Authentication Required\r\n\r\n", Some(AuthenticationRequired)),
        ("HTTP/1.0 403 Forbidden\r\n\r\n", Some(Refused(403))),
        ("ICY 200 OK\r\n\r\n", Some(NotHttp)),
        ("HTTP/2 200 OK\r\n\r\n", Some(NotHttp)),
    ] {
        for len in 1..=answer.len() {
            let mut tunnel = Tunnel::new("h", 5900.try_into().unwrap(), None).unwrap();
            let end =
                answer.as_bytes().chunks(len).try_for_each(|piece| tunnel.handle_input(piece).map(|_| ()));
            assert_eq!(
                (end.err(), tunnel.is_open()),
                (result, result.is_none()),
                "{answer:?} in pieces of {len}"
            );
        }
    }
}

/// Reads back what is written, and compares the lines of the text, comments aside, in any order.
fn same_lines(text: &str, file: &ConnectionFile) {
    let written = file.to_text().unwrap();
    assert_eq!(ConnectionFile::parse(written.as_bytes()).as_ref(), Ok(file));
    let sorted = |text: &str| {
        // Lists are written with a semicolon behind each text.
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut lines: Vec<String> = lines.map(|line| line.trim_end_matches(';').into()).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&written), sorted(text));
}

/// The files of `tests/cases`: what remote-viewer reads in them, and what is listed.
#[test]
fn files_with_odd_values_are_read_as_remote_viewer_reads_them() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let read = |file: &str| {
        let bytes = std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (file, problems) = ConnectionFile::parse_lenient(&bytes).expect("it opens");
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        (file, problems.join(", "))
    };
    let text =
        |secret: Option<Secret>| secret.map(|secret| String::from_utf8_lossy(secret.as_bytes()).into_owned());
    let (file, problems) = read("vv-unknown-escape/password.vv");
    assert_eq!((text(file.password), problems.as_str()), (Some("a\\qb".into()), ""));
    let (file, problems) = read("vv-unknown-escape/backslash-at-end.vv");
    assert_eq!((text(file.password), problems.as_str()), (Some("ab".into()), ""));
    let (file, problems) = read("vv-unknown-escape/subject.vv");
    assert_eq!((file.host_subject.as_deref(), problems.as_str()), (Some("O=Acme\\, Inc.,CN=h"), ""));
    for (name, listed) in [
        ("colour-empty.vv", "line 5: color-depth: not a number"),
        ("switch-words.vv", "line 5: fullscreen: not a number, line 6: enable-usb-autoshare: not a number"),
        ("tls-port-null.vv", "line 5: tls-port: not a port"),
    ] {
        let (file, problems) = read(&format!("vv-one-bad-value/{name}"));
        assert_eq!(
            (file.uri().map(|uri| uri.to_string()).as_deref(), problems.as_str()),
            (Ok("spice://127.0.0.1:5931"), listed)
        );
    }
}

/// Unreadable channels that were to be secure: all are then.
#[test]
fn secure_channels_that_cannot_be_read_are_all() {
    let text =
        b"[virt-viewer]\ntype=spice\nsecure-channels=main;\xff\nproxy=ftp://x\npassword=a\0b\n[g\xff]\na=1\n";
    let (file, problems) = ConnectionFile::parse_lenient(text).unwrap();
    assert_eq!(
        (file.secure_channels, file.proxy, file.password),
        (vec!["all".to_owned()], None, Some("a".into()))
    );
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "line 3: secure-channels: not UTF-8",
            "line 4: proxy: not the address of an HTTP proxy: the scheme is not allowed here",
            "line 5: a zero byte, which ends the line",
            "line 6: not UTF-8",
        ]
    );
    assert!(file.other_groups.is_empty());
}
