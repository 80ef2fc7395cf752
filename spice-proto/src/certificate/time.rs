//! Points in time, as certificates have them.

use core::fmt;

use super::der::{Item, Read};

/// A second, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// So many seconds after 1970-01-01 00:00:00 UTC, without leap seconds.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    #[must_use]
    pub fn to_unix(self) -> i64 {
        self.0
    }

    /// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`; nothing else is allowed (RFC 5280 section 4.1.2.5).
    pub(super) fn parse(item: Item<'_>) -> Read<Self> {
        const UTC_TIME: u8 = 0x17;
        const GENERALIZED_TIME: u8 = 0x18;
        let digits = match (item.tag, item.body) {
            (UTC_TIME, [digits @ .., b'Z']) if digits.len() == 12 => digits,
            (GENERALIZED_TIME, [digits @ .., b'Z']) if digits.len() == 14 => digits,
            _ => return Err(item.at),
        };
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(item.at);
        }
        let mut pairs = digits.chunks_exact(2).map(|pair| {
            pair.iter()
                .fold(0_i64, |number, digit| number.wrapping_mul(10).wrapping_add(i64::from(digit & 0xf)))
        });
        let mut next = || pairs.next().unwrap_or_default();
        let year = match (next(), item.tag) {
            (century, GENERALIZED_TIME) => century.wrapping_mul(100).wrapping_add(next()),
            (year @ 0..50, _) => year.wrapping_add(2000),
            (year, _) => year.wrapping_add(1900),
        };
        let [month, day, hour, minute, second] = core::array::from_fn(|_| next());
        if !(1..=12).contains(&month)
            || !(1..=month_days(year, month)).contains(&day)
            || hour > 23
            || minute > 59
            || second > 59
        {
            return Err(item.at);
        }
        let before = (1..month).fold(0_i64, |days, month| days.wrapping_add(month_days(year, month)));
        let days = days_before(year).wrapping_add(before).wrapping_add(day).wrapping_sub(1);
        let hours = days.wrapping_mul(24).wrapping_add(hour);
        Ok(Self(hours.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60).wrapping_add(second)))
    }
}

/// Days from 1970-01-01 to the start of a year from 0 to some thousands.
fn days_before(year: i64) -> i64 {
    let last = year.wrapping_sub(1);
    let leap_days = last.div_euclid(4).wrapping_sub(last.div_euclid(100)).wrapping_add(last.div_euclid(400));
    year.wrapping_mul(365).wrapping_add(leap_days).wrapping_sub(719_527)
}

fn month_days(year: i64, month: i64) -> i64 {
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Time {
    /// `2024-02-29 12:00:00 UTC`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 400 years have 146097 days; those before the year 0 are none of certificates'.
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let mut year = days.div_euclid(366).saturating_add(1970).clamp(0, 9999);
        while year < 9999 && days_before(year.wrapping_add(1)) <= days {
            year = year.wrapping_add(1);
        }
        while year > 0 && days_before(year) > days {
            year = year.wrapping_sub(1);
        }
        let mut day = days.saturating_sub(days_before(year)).clamp(0, 365);
        let mut month = 1;
        while month < 12 && day >= month_days(year, month) {
            day = day.wrapping_sub(month_days(year, month));
            month = month.wrapping_add(1);
        }
        let day = day.wrapping_add(1);
        let [hour, minute, second] = [seconds / 3600, seconds / 60 % 60, seconds % 60];
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn read(tag: u8, body: &[u8]) -> Read<Time> {
        Time::parse(Item { tag, body, whole: body, at: 7 })
    }

    /// By `date -u -d ... +%s`.
    #[test]
    fn times_agree_with_the_system() {
        for (tag, text, unix, shown) in [
            (0x17, "700101000000Z", 0, "1970-01-01 00:00:00 UTC"),
            (0x17, "500101000000Z", -631_152_000, "1950-01-01 00:00:00 UTC"),
            (0x17, "491231235959Z", 2_524_607_999, "2049-12-31 23:59:59 UTC"),
            (0x17, "240229120001Z", 1_709_208_001, "2024-02-29 12:00:01 UTC"),
            (0x18, "21000301000000Z", 4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (0x18, "99991231235959Z", 253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (0x18, "00010101000000Z", -62_135_596_800, "0001-01-01 00:00:00 UTC"),
        ] {
            let time = read(tag, text.as_bytes()).unwrap();
            assert_eq!((time.to_unix(), time.to_string().as_str()), (unix, shown), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "Z",
            "230229120000Z",
            "240132120000Z",
            "241301120000Z",
            "240100120000Z",
            "240101240000Z",
            "2401011200Z",
            "240101120060Z",
            "24010112000Z",
            "240101120000+0000",
            "2401011200x0Z",
        ] {
            assert_eq!(read(0x17, text.as_bytes()), Err(7), "{text}");
        }
        assert_eq!(read(0x18, b"240101120000Z"), Err(7));
        assert_eq!(read(0x16, b"240101120000Z"), Err(7));
        assert!(
            !Time::from_unix(i64::MIN).to_string().is_empty()
                && !Time::from_unix(i64::MAX).to_string().is_empty()
        );
    }
}
