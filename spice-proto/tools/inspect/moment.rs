//! Times on the command line.

use std::str::FromStr;
use std::time::Duration;

/// A time on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Since the first packet of the capture.
    Relative(Duration),
    /// Since the start of 1970, UTC.
    Absolute(Duration),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
        match text.strip_prefix('@') {
            Some(rest) => seconds(rest).map(Moment::Absolute),
            None => seconds(text).map(Moment::Relative),
        }
        .ok_or_else(|| {
            format!("\"{text}\" is no time: seconds since the first packet, or since 1970 behind a \"@\"")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_relative_or_absolute() {
        assert_eq!("2.5".parse(), Ok(Moment::Relative(Duration::from_millis(2500))));
        assert_eq!("@1700000000".parse(), Ok(Moment::Absolute(Duration::from_secs(1_700_000_000))));
        for wrong in ["", "@", "-1", "x", "1s", "nan", "inf"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
