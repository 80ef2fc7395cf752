//! Over tokio's streams.

use spice_proto::channel::{Inputs, Main};
use spice_proto::common::{Data, LinkErr, Ping};
use spice_proto::drive::{Error, tokio as drive};
use spice_proto::inputs::{ClientMessage, KeyDown};
use spice_proto::link::{ErrorKind, ServerConfig};
use spice_proto::{ChannelType, Limits, main};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::people::{Door, PASSWORD, config, login};

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(future)
}

/// Both ends of a channel over a pipe of so many bytes.
async fn linked(
    channel: ChannelType,
    size: usize,
) -> (drive::Established<DuplexStream>, drive::Established<DuplexStream>) {
    let (near, far) = duplex(size);
    let (mut login, mut door) = (login(PASSWORD), Door);
    let client = drive::connect(near, config(channel), &mut login);
    let server = drive::accept(far, ServerConfig::default(), &mut door);
    let (client, server) = tokio::join!(client, server);
    (client.expect("a client"), server.expect("a server"))
}

#[test]
fn messages_go_both_ways_through_a_narrow_pipe() {
    for size in [1, 7, 64, 1 << 16] {
        run(async {
            let (client, server) = linked(ChannelType::INPUTS, size).await;
            assert_eq!(server.linked().channel, ChannelType::INPUTS);
            let mut client = client.client(Inputs, &Limits::default());
            let mut server = server.server(Inputs, &Limits::server());
            for code in 0..100 {
                client.send(&ClientMessage::KeyDown(KeyDown { code })).expect("it can be sent");
            }
            // PING comes in while keys go out, through a pipe that holds neither.
            server.end().ping(1, &[7; 1000]).expect("it can be sent");
            let (mut codes, mut pongs) = (Vec::new(), 0);
            let receive = async {
                while codes.len() < 100 || pongs == 0 {
                    let message = server.next().await.expect("a message").expect("an open stream");
                    match message.parse().expect("known") {
                        ClientMessage::KeyDown(key) => codes.push(key.code),
                        ClientMessage::Pong(_) => pongs += 1,
                        other => panic!("{other:?}"),
                    }
                }
            };
            let answer = async {
                let kind = client.next().await.expect("a message").expect("a ping").kind();
                client.flush().await.expect("the keys and the answer");
                kind
            };
            let (kind, ()) = tokio::join!(answer, receive);
            assert_eq!(kind, 4);
            assert_eq!(codes, (0..100).collect::<Vec<_>>());
            drop(client);
            assert!(server.next().await.expect("the end").is_none());
        });
    }
}

/// Two tasks, and a pipe that is full both ways all the time: neither waits for the other.
#[test]
fn halves_go_on_without_each_other() {
    run(async {
        let (client, server) = linked(ChannelType::MAIN, 50).await;
        let (mut reader, mut writer) = client.client(Main, &Limits::default()).split();
        let (mut from_client, mut to_client) = server.server(Main, &Limits::server()).split();
        let writes = async {
            for count in 0..200_u8 {
                let data = Data { data: &[count; 100] };
                writer.send(&main::ClientMessage::AgentData(data)).expect("it can be sent");
                writer.flush().await.expect("it is written");
            }
            writer
        };
        let reads = async {
            for _ in 0..200 {
                reader.next().await.expect("a message").expect("a ping");
            }
            reader
        };
        let pings = async {
            for count in 0..200_u64 {
                to_client.with_end(|end| end.ping(count, &[1; 100])).expect("it can be sent");
                to_client.flush().await.expect("it is written");
            }
        };
        let serves = async {
            let (mut data, mut pongs) = (0, 0);
            while data < 200 || pongs < 200 {
                match from_client.next().await.expect("a message").expect("open").parse().expect("known") {
                    main::ClientMessage::AgentData(_) => data += 1,
                    main::ClientMessage::Pong(_) => pongs += 1,
                    other => panic!("{other:?}"),
                }
                // The last answers wait for somebody who writes.
            }
        };
        let all = async {
            let (writer, reader, ()) = tokio::join!(writes, reads, pings);
            let mut client = reader.unsplit(writer).expect("halves of one connection");
            client.flush().await.expect("it is written");
            client
        };
        let (client, ()) = tokio::join!(all, serves);
        drop(client);
    });
}

#[test]
fn a_wrong_password_and_a_missing_channel_are_named() {
    for (channel, password, at_client, at_server) in [
        (ChannelType::MAIN, "guess", ErrorKind::Denied(LinkErr::PERMISSION_DENIED), ErrorKind::Ticket),
        (ChannelType::TUNNEL, PASSWORD, ErrorKind::Closed, ErrorKind::Ignored),
        (
            ChannelType::SMARTCARD,
            PASSWORD,
            ErrorKind::Refused(LinkErr::NEED_SECURED),
            ErrorKind::Refused(LinkErr::NEED_SECURED),
        ),
    ] {
        run(async {
            let (near, far) = duplex(1 << 10);
            let (mut login, mut door) = (login(password), Door);
            let client = drive::connect(near, config(channel), &mut login);
            let server = drive::accept(far, ServerConfig::default(), &mut door);
            let (client, server) = tokio::join!(client, server);
            let kind = |error: Error| match error {
                Error::Link(error) => error.kind(),
                other => panic!("{other}"),
            };
            assert_eq!(client.map_err(kind).unwrap_err(), at_client, "{channel:?}");
            assert_eq!(server.map_err(kind).unwrap_err(), at_server, "{channel:?}");
        });
    }
}

#[test]
fn garbage_and_an_early_end_are_named() {
    run(async {
        let (near, mut far) = duplex(1 << 10);
        far.write_all(b"HTTP/1.1 400 Bad Request\r\n").await.expect("there is room");
        let error = drive::connect(near, config(ChannelType::MAIN), &mut login("")).await.unwrap_err();
        assert_eq!(error.to_string(), "link: the magic is not REDQ, at byte 0");

        let (near, far) = duplex(1 << 10);
        drop(far);
        let error = drive::accept(near, ServerConfig::default(), &mut Door).await.unwrap_err();
        assert_eq!(error.to_string(), "link: connection closed, at byte 0");

        // In the middle of a message.
        let (client, server) = linked(ChannelType::MAIN, 1 << 10).await;
        let mut client = client.client(Main, &Limits::default());
        let mut server = server.server(Main, &Limits::server());
        let ping = Ping { id: 1, timestamp: 2, data: &[0; 100] };
        server.send(&main::ServerMessage::Ping(ping)).expect("it can be sent");
        server.flush().await.expect("it is written");
        assert!(client.next().await.expect("a message").is_some());
        let (client, server) = linked(ChannelType::MAIN, 20).await;
        let mut client = client.client(Main, &Limits::default());
        let mut server = server.server(Main, &Limits::server());
        server.send(&main::ServerMessage::Ping(ping)).expect("it can be sent");
        tokio::select! {
            biased;
            flushed = server.flush() => panic!("a pipe of 20 bytes took it: {flushed:?}"),
            () = async {} => {}
        }
        drop(server);
        let error = client.next().await.unwrap_err();
        assert!(matches!(error, Error::Message(error) if error.is_truncated()), "{error}");
    });
}

#[test]
fn a_refusal_is_read_before_the_stream_is_closed() {
    run(async {
        let (near, far) = duplex(1 << 10);
        let (mut login, mut door) = (login("guess"), Door);
        let server =
            tokio::spawn(
                async move { drive::accept(far, ServerConfig::default(), &mut door).await.is_err() },
            );
        let client = drive::connect(near, config(ChannelType::MAIN), &mut login).await;
        assert!(matches!(client, Err(Error::Link(error)) if error.is_denied()));
        assert!(server.await.expect("no panic"));
    });
}

/// What came behind the handshake in one piece with it is not lost.
#[test]
fn the_first_messages_may_come_with_the_link_result() {
    run(async {
        let (near, far) = duplex(1 << 16);
        let (mut login, mut door) = (login(PASSWORD), Door);
        // A middle man who keeps the server's bytes back until there are a link result and a message.
        let (middle_near, middle_far) = duplex(1 << 16);
        let client = drive::connect(near, config(ChannelType::MAIN), &mut login);
        let server = async {
            let mut server = drive::accept(middle_near, ServerConfig::default(), &mut door)
                .await
                .expect("a server")
                .server(Main, &Limits::server());
            server.end().ping(5, b"").expect("it can be sent");
            server.flush().await.expect("it is written");
            server
        };
        let middle = async {
            let (mut client_read, mut client_write) = tokio::io::split(far);
            let (mut server_read, mut server_write) = tokio::io::split(middle_far);
            let up = async {
                let mut bytes = vec![0; 4096];
                loop {
                    let count = client_read.read(&mut bytes).await.expect("bytes");
                    if count == 0 {
                        break;
                    }
                    server_write.write_all(&bytes[..count]).await.expect("there is room");
                }
            };
            let down = async {
                // The reply as it comes, then the result and 6 + 12 bytes of PING in one.
                let mut reply = vec![0; 16 + 178 + 4];
                server_read.read_exact(&mut reply).await.expect("a reply");
                client_write.write_all(&reply).await.expect("there is room");
                let mut rest = vec![0; 4 + 6 + 12];
                server_read.read_exact(&mut rest).await.expect("a result and a message");
                client_write.write_all(&rest).await.expect("there is room");
            };
            tokio::select! { () = up => {}, () = down => {} }
        };
        let (client, _server, ()) = tokio::join!(client, server, middle);
        let mut client = client.expect("a client").client(Main, &Limits::default());
        let ping = client.next().await.expect("a message").expect("a ping");
        assert!(matches!(ping.parse(), Ok(main::ServerMessage::Ping(_))));
    });
}
