//! Made-up messages: always right, and soon deep inside of the parsers.

use arbitrary::Unstructured;
use bumpalo::Bump;
use spice_proto::wire::arbitrary::{Generate, Source};
use spice_proto::{
    ChannelType, ClientMessage, ServerMessage, agent as vd, cursor, display, inputs, main, playback, port,
    record, smartcard, stream_device, tunnel, usbredir, webdav,
};

use super::agent::{Agent, Device, capabilities};
use super::laws::{self, Format};
use super::message::{Client, Server};
use super::take;

/// Any made-up message: it can be written, and read again it is the same. `data`: which list of messages, then what
/// it is made from.
///
/// # Panics
/// When a property does not hold.
pub fn generated_message(mut data: &[u8]) {
    let list = take::<1>(&mut data) as u8;
    let arena = Bump::new();
    let mut source = Source::new(Unstructured::new(data), &arena).with_capabilities(capabilities(list >> 6));
    // A source that cannot give what is asked for makes no message.
    let _ = one(list % 64, &mut source, &arena);
}

/// Makes one message of a list up and checks it. The numbers of the lists are for regressions: they stay.
fn one<'a>(list: u8, source: &mut Source<'_, 'a>, arena: &'a Bump) -> arbitrary::Result<()> {
    macro_rules! channels {
        ($($server:literal $client:literal $module:ident $variant:ident;)*) => {
            match list {
                $($server => {
                    let message = ServerMessage::$variant(<$module::ServerMessage<'a>>::generate(source)?);
                    check(&Server { channel: message.channel(), kind: message.kind() }, message, arena);
                    // The channel is what the list of all channels says too.
                    assert_eq!(message.channel(), ChannelType($server));
                })*
                $($client => {
                    let message = ClientMessage::$variant(<$module::ClientMessage<'a>>::generate(source)?);
                    check(&Client { channel: message.channel(), kind: message.kind() }, message, arena);
                })*
                50 => {
                    let capabilities = source.capabilities();
                    let kind = source.kind(vd::Message::KINDS)?;
                    // Its addresses are made up with up to 4 GiB: tests/tests/properties/known.rs.
                    if kind == vd::Message::GRAPHICS_DEVICE_INFO {
                        return Ok(());
                    }
                    let message = vd::Message::generate_kind(kind, source)?;
                    check(&Agent { kind: message.kind(), capabilities }, message, arena);
                }
                51 => {
                    let message = stream_device::Message::generate(source)?;
                    check(&Device { kind: message.kind() }, message, arena);
                }
                // What draws has the deepest structures.
                _ => {
                    let message = ServerMessage::Display(display::ServerMessage::generate(source)?);
                    check(&Server { channel: message.channel(), kind: message.kind() }, message, arena);
                }
            }
        };
    }
    channels! {
        1 21 main Main;
        2 22 display Display;
        3 23 inputs Inputs;
        4 24 cursor Cursor;
        5 25 playback Playback;
        6 26 record Record;
        7 27 tunnel Tunnel;
        8 28 smartcard Smartcard;
        9 29 usbredir Usbredir;
        10 30 port Port;
        11 31 webdav Webdav;
    }
    Ok(())
}

/// What is made up can be written; reading it gives it again, and whatever else holds for bytes.
fn check<'a, F: Format>(format: &F, message: F::Value<'a>, arena: &'a Bump) {
    let bytes: &'a [u8] = arena.alloc_slice_copy(&laws::made_up(&message));
    laws::reads_as(format, &message, bytes);
    laws::any_bytes(format, bytes);
}
