//! A Kerberos realm of a test, and its tickets.

use std::fs;

use super::{Folder, Script, free_port};
use crate::live::world::program;

/// A running KDC with the realms SPICE.TEST, which has a server, and OTHER.TEST, which it does not trust.
#[derive(Debug)]
pub struct Kdc {
    folder: Folder,
    script: Option<Script>,
}

impl Kdc {
    /// Starts one.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = Folder::new();
        let port = free_port().to_string();
        let path = folder.path().to_str().expect("a plain path").to_owned();
        let script = Script::start("start-kdc", &[arguments, &["--port", &port, &path]].concat());
        Kdc { folder, script: Some(script) }
    }

    /// Stops it; what it wrote stays.
    pub fn stop(&mut self) {
        self.script = None;
    }

    /// The path of one of its files.
    pub fn file(&self, name: &str) -> String {
        self.folder.file(name).to_str().expect("a plain path").into()
    }

    /// What programs of the realm need in their environment. `cache` is where their tickets are.
    pub fn environment(&self, cache: &str) -> Vec<(String, String)> {
        let file = |name: &str| format!("FILE:{}", self.file(name));
        [
            ("KRB5_CONFIG", self.file("krb5.conf")),
            ("KRB5CCNAME", file(cache)),
            ("KRB5_KTNAME", file("spice.keytab")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Gets a ticket into a cache.
    ///
    /// # Panics
    /// When there is none.
    pub fn ticket(&self, cache: &str, keytab: &str, arguments: &[&str]) {
        let mut kinit = program("kinit");
        kinit.envs(self.environment(cache)).args(["-k", "-t", &self.file(keytab)]).args(arguments);
        let output = kinit.output().expect("kinit is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes the tickets of a cache two days older. Their times stand in it in clear, one behind the other:
    /// authenticated, valid from, valid until, and until when they can be renewed.
    ///
    /// # Panics
    /// When there is none.
    pub fn age(&self, cache: &str) {
        const DAYS: u32 = 2 * 24 * 60 * 60;
        let mut bytes = fs::read(self.file(cache)).expect("a cache");
        let time = |bytes: &[u8]| u32::from_be_bytes(*bytes.first_chunk().expect("four bytes"));
        let is_ticket = |at: usize| {
            let [first, from, until] = [0, 4, 8].map(|place| time(&bytes[at + place..]));
            first > 1 << 30 && first == from && until == from + LIFETIME
        };
        let places: Vec<usize> = (0..bytes.len() - 12).filter(|at| is_ticket(*at)).collect();
        assert!(!places.is_empty(), "there is no ticket of ten hours");
        for place in places.iter().flat_map(|place| [*place, place + 4, place + 8]) {
            let older = time(&bytes[place..]) - DAYS;
            bytes[place..place + 4].copy_from_slice(&older.to_be_bytes());
        }
        fs::write(self.file(cache), bytes).expect("it is our folder");
    }
}

/// Seconds that tickets are valid: what the KDC grants at most.
const LIFETIME: u32 = 10 * 60 * 60;
