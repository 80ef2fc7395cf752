//! Parses and writes messages on a small stack: `unoptimized KIB`, with lines `channel, s or c, number, bytes in hex` on
//! standard input. Says how many lines there were and how many of them are messages; ends by a signal where the stack is
//! too small.

use std::hint::black_box;
use std::io::BufRead;
use std::thread;

use spice_proto::{ChannelType, ClientMessage, Encode, ServerMessage};

fn main() {
    let kibibytes: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("KIB");
    let lines: Vec<_> = std::io::stdin().lock().lines().map(|line| line.expect("text")).collect();
    let lines: Vec<_> = lines.iter().map(|line| read(line).expect("four words")).collect();
    let count = lines.len();
    let run = move || {
        lines.iter().filter(|(channel, server, kind, body)| goes(*channel, *server, *kind, body)).count()
    };
    let thread = thread::Builder::new().stack_size(kibibytes << 10).spawn(run).expect("a thread");
    println!("{count} lines, {} messages", thread.join().expect("no panic"));
}

fn read(line: &str) -> Option<(ChannelType, bool, u16, Vec<u8>)> {
    let mut words = line.split(' ');
    let (channel, from, kind, hex) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    Some((ChannelType(channel.parse().ok()?), from == "s", kind.parse().ok()?, bytes.collect::<Option<_>>()?))
}

/// Whether it is a message, which then is written too.
fn goes(channel: ChannelType, server: bool, kind: u16, body: &[u8]) -> bool {
    if server {
        let message = black_box(ServerMessage::parse(channel, kind, body));
        message.is_ok_and(|message| black_box(message.encode_to_vec()).is_ok())
    } else {
        let message = black_box(ClientMessage::parse(channel, kind, body));
        message.is_ok_and(|message| black_box(message.encode_to_vec()).is_ok())
    }
}
