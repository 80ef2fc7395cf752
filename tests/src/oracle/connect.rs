//! URIs, connection files and answers of proxies.

use spice_proto::connect::{ConnectionFile, FileErrorKind, Proxy, Tunnel, Uri};

use super::{meter, take};

/// Any text as a URI of a session, as the address of a proxy, and as what the password in a URI says.
///
/// What is read is written, and read as the same; errors lie inside of the text.
///
/// # Panics
/// When a property does not hold.
pub fn uri(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    match meter::parse(data.len(), || Uri::parse(text)) {
        Ok(uri) => {
            let written = uri.to_text().unwrap_or_else(|error| panic!("{uri:?}: {error}"));
            assert_eq!(Uri::parse(&written), Ok(uri.clone()), "{written:?}");
            // Without the password it is the same but for that.
            let mut without = uri.clone();
            if let Uri::Network(network) = &mut without {
                network.password = None;
            }
            assert_eq!(Uri::parse(&uri.to_string()), Ok(without), "{uri}");
        }
        Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty(), "{error}"),
    }
    match Proxy::parse(text) {
        Ok(proxy) => {
            let mut file = ConnectionFile::new(spice_proto::connect::SessionType::Spice);
            file.proxy = Some(proxy);
            written(&file);
        }
        Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty(), "{error}"),
    }
    // Any name is a host.
    if let Ok(port) = Uri::parse("spice://h:1")
        && let Uri::Network(mut network) = port
    {
        network.host = text.into();
        network.username = Some(text.into());
        network.password = Some(text.into());
        let uri = Uri::Network(network);
        if let Ok(written) = uri.to_text() {
            assert_eq!(Uri::parse(&written), Ok(uri), "{written:?}");
        }
    }
}

/// Any bytes as a connection file, and as texts in one.
///
/// What is read is written, and read as the same; errors lie inside of the file.
///
/// # Panics
/// When a property does not hold.
pub fn connection_file(data: &[u8]) {
    let strict = meter::parse(data.len(), || ConnectionFile::parse(data));
    let lenient = meter::parse(data.len(), || ConnectionFile::parse_lenient(data));
    if let Ok((file, problems)) = &lenient {
        written(file);
        let lines = 1 + data.iter().filter(|byte| **byte == b'\n').count();
        assert!(
            problems.iter().all(|problem| (1..=lines).contains(&problem.line())),
            "{problems:?} of {lines}"
        );
        assert!(
            problems.len() <= 2 * lines && problems.is_sorted_by_key(|problem| problem.line()),
            "{problems:?}"
        );
    }
    // The lenient reading takes what the strict one takes, and as the same.
    assert!(strict.as_ref().ok().is_none_or(|file| lenient == Ok((file.clone(), Vec::new()))), "{lenient:?}");
    match strict {
        Ok(file) => written(&file),
        Err(error) => {
            let lines = 1 + data.iter().filter(|byte| **byte == b'\n').count();
            assert!(
                (1..=lines).contains(&error.line()) && !error.to_string().is_empty(),
                "{error} of {lines}"
            );
            let of_key =
                matches!(error.kind(), FileErrorKind::Number | FileErrorKind::Port | FileErrorKind::Proxy(_));
            assert!(!of_key || error.key().is_some(), "{error}");
        }
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    let mut file = ConnectionFile::new(spice_proto::connect::SessionType::Spice);
    file.title = Some(text.into());
    file.password = Some(text.into());
    file.disable_effects = text.split('/').map(Into::into).collect();
    file.other.insert("x-other".into(), text.into());
    if let Ok(written) = file.to_text() {
        assert_eq!(ConnectionFile::parse(written.as_bytes()), Ok(file), "{written:?}");
    }
}

fn written(file: &ConnectionFile) {
    let written = file.to_text().unwrap_or_else(|error| panic!("{file:?}: {error}"));
    assert_eq!(ConnectionFile::parse(written.as_bytes()).as_ref(), Ok(file), "{written:?}");
    assert!(!format!("{file:?} {:?}", file.uri()).is_empty());
}

/// Any answer of a proxy. `data`: a length, the bytes.
///
/// It ends the same however it is cut, and takes the same bytes.
///
/// # Panics
/// When a property does not hold.
pub fn tunnel(mut data: &[u8]) {
    let len = 1 + take::<1>(&mut data) as usize;
    let port = 1.try_into().expect("not zero");
    let new = || Tunnel::new("h", port, Some(("user", b"password"))).expect("a good name");
    let read = |len: usize| {
        let mut tunnel = new();
        let mut taken = 0;
        let mut end = Ok(());
        for piece in data.chunks(len) {
            match tunnel.handle_input(piece) {
                Ok(some) => taken += some,
                Err(error) => {
                    assert_eq!(tunnel.handle_input(piece), Err(error), "an error stays");
                    assert!(!error.to_string().is_empty());
                    end = Err(error);
                    break;
                }
            }
        }
        let taken = end.map(|()| taken);
        assert!(taken.is_err() || tunnel.is_open() || taken == Ok(data.len()), "{taken:?}");
        assert!(!format!("{tunnel:?}").contains("password"));
        (taken, tunnel.is_open())
    };
    let whole = read(data.len().max(1));
    assert_eq!(whole, read(1), "byte by byte");
    assert_eq!(whole, read(len), "in pieces of {len}");
}
