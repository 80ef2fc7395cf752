//! Streams without a handshake: what they are was said by someone who knows.

use spice_proto::ChannelType;
use spice_proto::Origin;
use spice_proto::frame::HeaderKind;

use super::Link;
use super::Session;
use super::Track;

impl Session {
    /// Reads what both ends sent on a channel of which the handshake is missing.
    pub fn assume(
        channel: ChannelType,
        channel_id: u8,
        header: HeaderKind,
        to_server: &[u8],
        to_client: &[u8],
    ) -> Session {
        let link = Link { channel, channel_id, assumed: Some(header), ..Link::default() };
        let client = Track::frames(Origin::Client, channel, header, to_server, 0);
        let server = Track::frames(Origin::Server, channel, header, to_client, 0);
        let problems = [&client, &server].into_iter().filter_map(|track| track.problem.clone()).collect();
        Session { link, client, server, problems }
    }

    /// Messages that cannot be read or that nobody knows, and bytes that are no messages: few where the bytes are what
    /// they are taken for.
    pub fn nonsense(&self) -> u64 {
        let tracks = [&self.client, &self.server];
        let wrong = |track: &Track| {
            let items = track.items().filter(|item| item.parsed.is_err() || item.name().is_none());
            items.count() as u64 + track.rest
        };
        tracks.into_iter().map(wrong).sum()
    }
}
