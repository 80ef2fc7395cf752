//! What a SASL security layer wraps, where the password is known: DIGEST-MD5 (`docs/spec/link.md` section 5).
//!
//! The stream inside is the handshake as it came, up to the SASL result, and then the plain bytes; they have the time of
//! the packet that made their buffer whole.

use spice_proto::Limits;
use spice_proto::Origin;
use spice_proto::Parse;
use spice_proto::common::LinkErr;
use spice_proto::link::ClientLink;
use spice_proto::link::Layer;
use spice_proto::link::SaslClientData;
use spice_proto::link::SaslMechList;
use spice_proto::link::SaslMechName;
use spice_proto::link::SaslResult;
use spice_proto::link::SaslServerData;
use spice_proto::link::Secret;
use spice_proto::link::ServerLink;
use spice_proto::link::digest_md5;
use spice_proto::link::digest_md5::Exchange;
use spice_proto::link::digest_md5::Protection;

use super::ByteStream;
use super::Capture;
use super::Connection;
use super::Decrypted;
use super::StreamProblemKind;
use super::Transport;

impl Capture {
    /// Unwraps what DIGEST-MD5 has wrapped in its connections. Connections without it stay as they are.
    ///
    /// Gives the connections, by number, that cannot be unwrapped, and why: mostly that the password is another.
    pub fn unwrap_layers(&mut self, password: &Secret) -> Vec<(usize, digest_md5::Error)> {
        let results = self.connections.iter_mut().map(|connection| {
            let result = connection.unwrap_layer(password);
            result.err().map(|error| (connection.index, error))
        });
        results.flatten().collect()
    }
}

impl Connection {
    fn unwrap_layer(&mut self, password: &Secret) -> Result<(), digest_md5::Error> {
        let Some((to_server, to_client)) = self.spice() else { return Ok(()) };
        let Some(talk) = Talk::find(to_server.bytes(), to_client.bytes()) else { return Ok(()) };
        let exchange = Exchange::parse(&talk.challenge, &talk.response)?;
        let keys = exchange.keys(password)?;
        // The end that reads a direction knows how to unwrap it.
        let inside = |stream, start, reader| {
            let layer = Layer::new(keys.protection(reader)?, exchange.maxbuf(reader));
            Some(unwrap(stream, start, layer))
        };
        let (Some(to_server), Some(to_client)) =
            (inside(to_server, talk.client, Origin::Server), inside(to_client, talk.server, Origin::Client))
        else {
            return Ok(());
        };
        match (&mut self.websocket, &mut self.decrypted) {
            (Some(websocket), _) => (websocket.to_server, websocket.to_client) = (to_server, to_client),
            (None, decrypted) => {
                *decrypted = Some(Decrypted { to_server, to_client, transport: Transport::Plain });
            }
        }
        Ok(())
    }
}

/// An exchange of DIGEST-MD5 that went well, and how many bytes of each end stand before what is wrapped.
struct Talk {
    challenge: Vec<u8>,
    response: Vec<u8>,
    client: usize,
    server: usize,
}

impl Talk {
    fn find(to_server: &[u8], to_client: &[u8]) -> Option<Self> {
        const MECHANISM: usize = 4;
        let limits = Limits::default();
        let (_, client) = ClientLink::parse(to_server, &limits).ok()?;
        let (reply, server) = ServerLink::parse(to_client, &limits).ok()?;
        if reply.reply.error != LinkErr::OK || !client.starts_with(&[2, 0, 0, 0]) {
            return None;
        }
        let (_, mut server) = SaslMechList::parse_with_trailing(server).ok()?;
        let (name, client) = SaslMechName::parse_with_trailing(client.get(MECHANISM..)?).ok()?;
        if name.mechname.0 != digest_md5::NAME.as_bytes() {
            return None;
        }
        let (_, mut client) = SaslClientData::parse_with_trailing(client).ok()?;
        let mut said = [None, None];
        loop {
            let (data, behind) = SaslServerData::parse_with_trailing(server).ok()?;
            server = behind;
            if data.complete != 0 {
                break;
            }
            let (answer, behind) = SaslClientData::parse_with_trailing(client).ok()?;
            client = behind;
            let [challenge, response] = &mut said;
            challenge.get_or_insert(text(data.data));
            response.get_or_insert(text(answer.data));
        }
        let (result, server) = SaslResult::parse_with_trailing(server).ok()?;
        let [Some(challenge), Some(response)] = said else { return None };
        // Where a link result stands in place of a length nothing is wrapped, or it is unwrapped already.
        let len = server.first_chunk().map(|len| u32::from_be_bytes(*len));
        if len.is_some_and(|len| !(1..1 << 24).contains(&len)) {
            return None;
        }
        let [client, server] =
            [(to_server, client), (to_client, server)].map(|(all, rest)| all.len() - rest.len());
        (result.result == 0).then_some(Talk { challenge, response, client, server })
    }
}

/// SASL data without the byte at its end.
fn text(data: &[u8]) -> Vec<u8> {
    data.split_last().map(|(_, text)| text.to_vec()).unwrap_or_default()
}

/// The stream inside, from the bytes of one direction whose first buffer is at `start`.
fn unwrap(wrapped: &ByteStream, start: usize, mut layer: Layer<Protection>) -> ByteStream {
    let mut inner = ByteStream::inside(wrapped);
    wrapped.for_each_piece(0, start, |_, bytes, mark| inner.push(bytes, mark));
    let mut failed = None;
    wrapped.for_each_piece(start, wrapped.bytes().len(), |_, bytes, mark| {
        layer.push(bytes);
        while failed.is_none() {
            match layer.next_plain() {
                Ok(Some(plain)) => inner.push(&plain, mark),
                Ok(None) => break,
                Err(error) => failed = Some(error),
            }
        }
    });
    let gap = wrapped.problem().map(|problem| problem.kind);
    let kind = match (failed, gap, layer.finish()) {
        (Some(error), ..) | (None, None, Err(error)) => Some(StreamProblemKind::Layer(error)),
        // Bytes that are missing from the capture explain why a buffer is cut short.
        (None, gap, _) => gap,
    };
    if let Some(kind) = kind {
        inner.set_problem(kind);
    }
    inner
}
