//! Protocols of our own, of which nothing is used: no lint may complain about what a program leaves alone.

#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod harbour {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

mod railway {
    include!(concat!(env!("OUT_DIR"), "/rail.rs"));
}

mod odd_names {
    include!(concat!(env!("OUT_DIR"), "/odd_names.rs"));
}

mod odd_modules {
    include!(concat!(env!("OUT_DIR"), "/odd_modules.rs"));
}

mod spice {
    include!(concat!(env!("OUT_DIR"), "/spice.rs"));
}

// Descriptions with everything that the language has; their outputs as text are kept beside them.
mod additions {
    include!(concat!(env!("OUT_DIR"), "/additions.rs"));
}

mod channels {
    include!(concat!(env!("OUT_DIR"), "/test.rs"));
}

mod image {
    include!(concat!(env!("OUT_DIR"), "/image.rs"));
}

/// The harbour in public: documented as its description is.
pub mod public {
    include!(concat!(env!("OUT_DIR"), "/harbour.rs"));
}

#[cfg(test)]
mod tests {
    use super::odd_modules::{ChannelType, ClientMessage, wire::Caps};
    use spice_proto::wire::CapabilitySet;

    /// Numbers of 32 bits in one channel and of 16 in the next; a layout that depends on capabilities.
    #[test]
    fn a_message_of_any_channel_takes_the_widest_numbers_and_the_capabilities() {
        let none = CapabilitySet::default();
        let small = ClientMessage::parse(ChannelType::FN, 9, &[1, 2, 0, 0, 0], none).unwrap();
        assert!(format!("{small:?}").contains("x: None"), "{small:?}");
        let one = CapabilitySet::default().with(Caps::ONE.0);
        let small = ClientMessage::parse(ChannelType::FN, 9, &[1, 2, 0, 0, 0], one).unwrap();
        assert!(format!("{small:?}").contains("x: Some(2)"), "{small:?}");
        assert_eq!((small.kind(), small.name()), (9, Some("small")));
        let wide = ClientMessage::parse(ChannelType::WIDE, 6, &[5], none).unwrap();
        assert!(matches!(wide, ClientMessage::Wide(_)) && wide.kind() == 6, "{wide:?}");
        for channel in [ChannelType::WIDE, ChannelType::PLAIN] {
            let far = ClientMessage::parse(channel, 70_009, &[5], none).unwrap();
            assert_eq!((far.channel(), far.kind(), far.name()), (channel, 70_009, None));
        }
    }
}
