//! The short examples of the library, against a server of ours on loopback.

use crate::machine::{HEIGHT, Machine, WIDTH, picture};
use crate::people::PASSWORD;

#[path = "../../../spice-proto/examples/minimal_client.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own")]
mod minimal_client;
#[path = "../../../spice-proto/examples/type_and_look.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own")]
mod type_and_look;

#[test]
fn minimal_client_takes_the_picture() {
    let address = format!("127.0.0.1:{}", Machine::start());
    let seen = minimal_client::look(address.clone(), PASSWORD).expect("a picture");
    assert_eq!((seen.width(), seen.height()), (WIDTH, HEIGHT));
    assert_eq!(seen.to_rgb8(), picture(0));
    let refused = minimal_client::look(address, "guess").unwrap_err().to_string();
    assert!(refused.contains("PERMISSION_DENIED"), "{refused}");
}

#[test]
fn type_and_look_sees_what_comes_of_keys() {
    let address = format!("127.0.0.1:{}", Machine::start());
    let run = |text: &str, wanted: Option<&str>| {
        type_and_look::run(&address, PASSWORD, text, wanted).map_err(|error| error.to_string())
    };
    assert_eq!(run("", None), Ok(false), "nothing was typed");
    assert_eq!(run("ab", None), Ok(true));
    let folder = std::env::temp_dir().join(format!("type-and-look-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a place for temporary files");
    let wanted = folder.join("wanted.png");
    let file = std::fs::File::create(&wanted).expect("it can be written");
    let mut png = png::Encoder::new(file, WIDTH, HEIGHT);
    png.set_color(png::ColorType::Rgb);
    let mut png = png.write_header().expect("it can be written");
    png.write_image_data(&picture(3)).expect("it can be written");
    drop(png);
    let wanted = wanted.to_str().expect("a plain path");
    assert_eq!(run("\n", Some(wanted)), Ok(true), "the third key");
    assert_eq!(run(" ", Some(wanted)), Ok(false), "the fourth");
    assert_eq!(run("é", None), Err("there is no key for 'é' here".into()));
    std::fs::remove_dir_all(folder).expect("it is ours");
}
