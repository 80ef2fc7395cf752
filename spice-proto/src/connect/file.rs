//! Connection files: `.vv`.

use core::fmt;
use core::num::NonZeroU16;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::key_file::{self, Item, Line};
use super::value::Value;
use super::{FileError, FileErrorKind, NetworkUri, Proxy, SessionType, Unwritable, Uri, UriErrorKind, text};
use crate::link::Secret;

/// A group with keys that are known and others.
macro_rules! group {
    (
        $(#[$attribute:meta])*
        $name:ident { $($(#[$doc:meta])* $key:literal $field:ident: $type:ty,)* }
        besides { $($(#[$more_doc:meta])* $more:ident: $more_type:ty,)* }
    ) => {
        $(#[$attribute])*
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
            /// Keys of the group that have no field, with their values, escapes included.
            pub other: BTreeMap<String, Secret>,
            $($(#[$more_doc])* pub $more: $more_type,)*
        }

        impl $name {
            /// Sets what a key stands for. What cannot be read is not there any more.
            fn set(
                &mut self,
                key: &str,
                raw: Result<&str, FileErrorKind>,
            ) -> Result<(), (FileErrorKind, Option<&'static str>)> {
                match key {
                    $($key => {
                        self.$field = Value::absent();
                        self.$field = raw.and_then(Value::read).map_err(|kind| (kind, Some($key)))?;
                    })*
                    _ => {
                        self.other.remove(key);
                        let raw = key_file::settled(raw.map_err(|kind| (kind, None))?);
                        self.other.insert(key.into(), raw.as_str().into());
                    }
                }
                Ok(())
            }

            fn check_keys(&self) -> Result<(), Unwritable> {
                $(self.$field.check().map_err(|why| Unwritable::new($key, why))?;)*
                if self.other.keys().any(|key| [$($key),*].contains(&key.as_str())) {
                    return Err(Unwritable::new("other", "has the key of a field"));
                }
                check_entries(&self.other)
            }

            fn put_keys(&self, out: &mut dyn fmt::Write) -> fmt::Result {
                $(if self.$field.is_there() {
                    out.write_str(concat!($key, "="))?;
                    self.$field.put(out)?;
                    out.write_char('\n')?;
                })*
                put_entries(&self.other, out)
            }
        }
    };
}

group! {
/// A connection file as Proxmox, oVirt and virt-manager write it for remote-viewer
/// ([`docs/spec/connect.md` section 2](crate::spec::connect#2-connection-files)). Keys that are not there are `None`, or empty lists.
///
/// ```
/// use spice_proto::connect::{ConnectionFile, SessionType};
///
/// let file = ConnectionFile::parse(b"[virt-viewer]\ntype=spice\nhost=vm7\nport=5900\nfullscreen=1\n")?;
/// assert_eq!((&file.kind, file.fullscreen), (&SessionType::Spice, Some(true)));
/// assert_eq!(file.uri()?.to_string(), "spice://vm7:5900");
///
/// let error = ConnectionFile::parse(b"[virt-viewer]\ntype=spice\nport=many\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 3: port: not a port");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
ConnectionFile {
    /// The protocol; nothing else must be there.
    "type" kind: SessionType,
    /// Name or address of the server; `localhost` where there is none.
    "host" host: Option<String>,
    /// Port of connections without TLS. 0 and -1 are read as none.
    "port" port: Option<NonZeroU16>,
    /// Port of connections with TLS. 0 and -1 are read as none.
    "tls-port" tls_port: Option<NonZeroU16>,
    /// Path of a unix socket; then host and ports mean nothing.
    "unix-path" unix_path: Option<String>,
    /// User name for SASL.
    "username" username: Option<String>,
    /// Password, for the ticket or for SASL.
    "password" password: Option<Secret>,
    /// The HTTP proxy on the way to the server.
    "proxy" proxy: Option<Proxy>,
    /// Certificates of the authorities that the server's certificate is checked against, in PEM.
    "ca" ca: Option<String>,
    /// What the subject of the server's certificate must be, in place of a check of the host name.
    "host-subject" host_subject: Option<String>,
    /// Ciphers for TLS, as OpenSSL writes lists of them.
    "tls-ciphers" tls_ciphers: Option<String>,
    /// Channels that must use TLS, by name; `all` for each.
    "secure-channels" secure_channels: Vec<String>,
    /// Channels that are not opened, by name; `all` for each.
    "disable-channels" disable_channels: Vec<String>,
    /// Title of the window.
    "title" title: Option<String>,
    /// Whether to start in full-screen mode.
    "fullscreen" fullscreen: Option<bool>,
    /// Whether the viewer is to remove the file once it has read it.
    "delete-this-file" delete_this_file: Option<bool>,
    /// Keys for full-screen mode, such as `shift+f11`.
    "toggle-fullscreen" toggle_fullscreen: Option<String>,
    /// Keys to let the pointer go.
    "release-cursor" release_cursor: Option<String>,
    /// Keys for Ctrl+Alt+Del in the guest.
    "secure-attention" secure_attention: Option<String>,
    /// Keys to show more.
    "zoom-in" zoom_in: Option<String>,
    /// Keys to show less.
    "zoom-out" zoom_out: Option<String>,
    /// Keys to show pixels as they are.
    "zoom-reset" zoom_reset: Option<String>,
    /// Keys to reset USB devices.
    "usb-device-reset" usb_device_reset: Option<String>,
    /// Keys to insert an emulated smart card.
    "smartcard-insert" smartcard_insert: Option<String>,
    /// Keys to remove an emulated smart card.
    "smartcard-remove" smartcard_remove: Option<String>,
    /// Whether to give smart cards to the guest.
    "enable-smartcard" enable_smartcard: Option<bool>,
    /// Whether to give USB devices to the guest.
    "enable-usbredir" enable_usbredir: Option<bool>,
    /// Whether to give USB devices to the guest as they are plugged in.
    "enable-usb-autoshare" enable_usb_autoshare: Option<bool>,
    /// Which USB devices: rules `class,vendor,product,version,allow` with bars between them, -1 for any.
    "usb-filter" usb_filter: Option<String>,
    /// Bits of a pixel that the agent is to set: 16 or 32.
    "color-depth" color_depth: Option<i32>,
    /// Effects that the agent is to turn off: `wallpaper`, `font-smooth`, `animation`, `all`.
    "disable-effects" disable_effects: Vec<String>,
    /// The least version of remote-viewer.
    "version" version: Option<String>,
    /// The least versions by system: `fedora38:11.0`.
    "versions" versions: Vec<String>,
    /// Where a newer version is, to be shown to the user.
    "newer-version-url" newer_version_url: Option<String>,
}
besides {
    /// The group `[ovirt]`.
    ovirt: Option<Ovirt>,
    /// Groups besides these two: keys and values, escapes included.
    other_groups: BTreeMap<String, BTreeMap<String, Secret>>,
}
}

group! {
/// What a viewer needs to ask oVirt's REST interface: group `[ovirt]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
Ovirt {
    /// The engine.
    "host" host: Option<String>,
    /// The virtual machine.
    "vm-guid" vm_guid: Option<String>,
    /// Cookie of a session, to oVirt 3.6.
    "jsessionid" jsessionid: Option<Secret>,
    /// Bearer token, from oVirt 4.0 on.
    "sso-token" sso_token: Option<Secret>,
    /// Whether the user is an administrator.
    "admin" admin: Option<bool>,
    /// Certificates of the authorities for the REST interface, in PEM.
    "ca" ca: Option<String>,
}
besides {}
}

/// The group of the keys of [`ConnectionFile`].
const VIRT_VIEWER: &str = "virt-viewer";
/// The group of the keys of [`Ovirt`].
const OVIRT: &str = "ovirt";

/// Which group the lines belong to.
enum Current {
    VirtViewer,
    Ovirt,
    Other(String),
    /// One whose name is not UTF-8; it was listed.
    Unreadable,
}

impl ConnectionFile {
    /// A file with a type and nothing else.
    #[must_use]
    pub fn new(kind: SessionType) -> Self {
        Self {
            kind,
            host: None,
            port: None,
            tls_port: None,
            unix_path: None,
            username: None,
            password: None,
            proxy: None,
            ca: None,
            host_subject: None,
            tls_ciphers: None,
            secure_channels: Vec::new(),
            disable_channels: Vec::new(),
            title: None,
            fullscreen: None,
            delete_this_file: None,
            toggle_fullscreen: None,
            release_cursor: None,
            secure_attention: None,
            zoom_in: None,
            zoom_out: None,
            zoom_reset: None,
            usb_device_reset: None,
            smartcard_insert: None,
            smartcard_remove: None,
            enable_smartcard: None,
            enable_usbredir: None,
            enable_usb_autoshare: None,
            usb_filter: None,
            color_depth: None,
            disable_effects: Vec::new(),
            version: None,
            versions: Vec::new(),
            newer_version_url: None,
            other: BTreeMap::new(),
            ovirt: None,
            other_groups: BTreeMap::new(),
        }
    }

    /// Reads a file, strictly: for those who write such files. Where a key stands twice the last one counts; comments
    /// are passed over.
    ///
    /// # Errors
    /// [`FileError`] with the line. Wrong values of known keys are errors, even where remote-viewer would go on
    /// without them.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        if let Err(error) = core::str::from_utf8(bytes) {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            return Err(FileError { kind: FileErrorKind::Utf8, key: None, line: lines(good) });
        }
        let (file, problems) = Self::parse_lenient(bytes)?;
        problems.into_iter().next().map_or(Ok(file), Err)
    }

    /// Reads a file as remote-viewer does: what cannot be read is as if it were not there, and listed. So are texts that
    /// are not UTF-8, words where a number is wanted (`fullscreen=false`, `port=null`), empty numbers, proxies that are
    /// none, and keys and groups whose names are not UTF-8. Unreadable `secure-channels` stand for `all`.
    ///
    /// ```
    /// use spice_proto::connect::ConnectionFile;
    ///
    /// let text = b"[virt-viewer]\ntype=spice\nport=5900\ntls-port=null\nfullscreen=True\n";
    /// let (file, problems) = ConnectionFile::parse_lenient(text)?;
    /// assert_eq!((file.port.map(u16::from), file.tls_port, file.fullscreen), (Some(5900), None, None));
    /// let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    /// assert_eq!(problems, ["line 4: tls-port: not a port", "line 5: fullscreen: not a number"]);
    /// # Ok::<(), spice_proto::connect::FileError>(())
    /// ```
    ///
    /// # Errors
    /// [`FileError`] for what GLib or remote-viewer refuses as a whole: lines that are nothing, wrong names of groups and
    /// keys, no group `[virt-viewer]`, no `type` that can be read.
    pub fn parse_lenient(bytes: &[u8]) -> Result<(Self, Vec<FileError>), FileError> {
        let (mut group_seen, mut type_seen) = (false, false);
        let mut file = Self::new(SessionType::Spice);
        let mut problems = Vec::new();
        let mut current = Current::VirtViewer;
        for line in key_file::lines(bytes) {
            let Line { number, item, defect } = line?;
            let problem = |kind, key| FileError { kind, key, line: number };
            let (key, raw) = match item {
                Item::Group(name) => {
                    problems.extend(defect.map(|kind| problem(kind, None)));
                    current = match &*name {
                        _ if defect == Some(FileErrorKind::Utf8) => Current::Unreadable,
                        VIRT_VIEWER => Current::VirtViewer,
                        OVIRT => {
                            file.ovirt.get_or_insert_default();
                            Current::Ovirt
                        }
                        name => {
                            file.other_groups.entry(name.into()).or_default();
                            Current::Other(name.into())
                        }
                    };
                    group_seen |= matches!(current, Current::VirtViewer);
                    continue;
                }
                Item::Entry { key, raw } => (key, raw),
            };
            if defect == Some(FileErrorKind::Zero) {
                problems.push(problem(FileErrorKind::Zero, None));
            }
            let unreadable = defect.filter(|kind| *kind == FileErrorKind::Utf8);
            let raw = unreadable.map_or(Ok(raw), Err);
            let set = match &current {
                Current::VirtViewer => {
                    type_seen |= key == "type";
                    file.set(&key, raw)
                }
                Current::Ovirt => file.ovirt.get_or_insert_default().set(&key, raw),
                Current::Other(name) => {
                    let group = file.other_groups.entry(name.clone()).or_default();
                    group.remove(&*key);
                    raw.map(|raw| drop(group.insert(key.into(), key_file::settled(raw).as_str().into())))
                        .map_err(|kind| (kind, None))
                }
                Current::Unreadable => Ok(()),
            };
            if let Err((kind, key)) = set {
                match key {
                    Some("type") => return Err(problem(kind, key)),
                    // Rather too secure than not.
                    Some("secure-channels") => file.secure_channels = Vec::from(["all".into()]),
                    _ => {}
                }
                problems.push(problem(kind, key));
            }
        }
        let missing = |kind| FileError { kind, key: None, line: lines(bytes) };
        match (group_seen, type_seen) {
            (false, _) => Err(missing(FileErrorKind::NoVirtViewer)),
            (true, false) => Err(missing(FileErrorKind::NoType)),
            (true, true) => Ok((file, problems)),
        }
    }

    /// The whole file, passwords included. It is wiped when dropped.
    ///
    /// # Errors
    /// [`Unwritable`] for what could not be read again: a password that is not UTF-8, names of keys and groups with
    /// brackets, a key in `other` that has a field.
    pub fn to_text(&self) -> Result<Zeroizing<String>, Unwritable> {
        self.check_keys()?;
        self.ovirt.as_ref().map_or(Ok(()), Ovirt::check_keys)?;
        for (name, entries) in &self.other_groups {
            if !key_file::is_group(name) || [VIRT_VIEWER, OVIRT].contains(&name.as_str()) {
                return Err(Unwritable::new("other_groups", "has a name that cannot be written"));
            }
            check_entries(entries)?;
        }
        text::collect(|out| self.put(out)).map_err(|fmt::Error| Unwritable::new("file", "no text"))
    }

    fn put(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(out, "[{VIRT_VIEWER}]")?;
        self.put_keys(out)?;
        if let Some(ovirt) = &self.ovirt {
            writeln!(out, "\n[{OVIRT}]")?;
            ovirt.put_keys(out)?;
        }
        self.other_groups.iter().try_for_each(|(name, entries)| {
            writeln!(out, "\n[{name}]")?;
            put_entries(entries, out)
        })
    }

    /// Where to connect to, as remote-viewer does: to the socket if there is a path, else to the host.
    ///
    /// # Errors
    /// [`UriErrorKind::NoPort`], [`UriErrorKind::NoHost`] or [`UriErrorKind::NoPath`] when the file does not say it.
    pub fn uri(&self) -> Result<Uri, UriErrorKind> {
        match self.unix_path.as_deref() {
            Some("") => return Err(UriErrorKind::NoPath),
            Some(path) => return Ok(Uri::Unix(path.into())),
            None => {}
        }
        let host = self.host.as_deref().unwrap_or("localhost");
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if bare.is_empty() {
            return Err(UriErrorKind::NoHost);
        }
        if self.port.or(self.tls_port).is_none() {
            return Err(UriErrorKind::NoPort);
        }
        Ok(Uri::Network(NetworkUri {
            port: self.port,
            tls_port: self.tls_port,
            username: self.username.clone(),
            password: self.password.clone(),
            ..NetworkUri::new(bare)
        }))
    }
}

fn check_entries(entries: &BTreeMap<String, Secret>) -> Result<(), Unwritable> {
    let fits = |(key, raw): (&String, &Secret)| {
        key_file::is_key(key) && core::str::from_utf8(raw.as_bytes()).is_ok_and(key_file::is_raw)
    };
    match entries.iter().all(fits) {
        true => Ok(()),
        false => Err(Unwritable::new("other", "has a key or a value that cannot be written")),
    }
}

fn put_entries(entries: &BTreeMap<String, Secret>, out: &mut dyn fmt::Write) -> fmt::Result {
    entries.iter().try_for_each(|(key, raw)| {
        // Checked before.
        writeln!(out, "{key}={}", core::str::from_utf8(raw.as_bytes()).unwrap_or_default())
    })
}

/// The number of the line that bytes end in.
fn lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
}
