//! Who the client is, and chance for what proves it.

use spice_proto::link::Secret;

/// Who the client is.
#[derive(Debug, Default)]
pub struct Credentials {
    /// For SASL. Without it only tickets are used, and Kerberos where that is built in.
    pub username: Option<String>,
    /// For the ticket, or for SASL.
    pub password: Secret,
}

impl Credentials {
    /// What may help when the server refuses them.
    pub fn hint(&self) -> Option<&'static str> {
        let colon = self.username.as_ref().is_some_and(|name| name.contains(':'));
        (colon && self.password.is_empty()).then_some(
            "all that stands before the @ of an address is a user name: give the password as ?password=, or in the \
             environment variable SPICE_PASSWORD",
        )
    }
}

/// Random bytes for keys, from the system.
pub fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system has random bytes");
}
