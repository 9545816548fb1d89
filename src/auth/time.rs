//! The common time of clocks, claims and Appwrite's dates: [`UnixTime`], and [`Expiry`].

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;

use crate::principal::is_empty_id;

const NANOS: i128 = 1_000_000_000;

/// Nanoseconds since 1970. An `i128` holds every time of a clock, every `i64` of seconds, and every date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct UnixTime(i128);

impl UnixTime {
    pub(super) fn from_seconds(seconds: i64) -> Self {
        Self(i128::from(seconds) * NANOS)
    }

    /// Returns whole seconds since 1970, rounded down, as claims count them.
    pub(super) fn seconds(self) -> i64 {
        let seconds = self.0.div_euclid(NANOS);
        i64::try_from(seconds).unwrap_or(if seconds < 0 { i64::MIN } else { i64::MAX })
    }

    /// Converts to the time of a clock. Returns `None` beyond the range of the platform.
    pub(super) fn system_time(self) -> Option<SystemTime> {
        let (nanos, unit) = (self.0.unsigned_abs(), NANOS.unsigned_abs());
        let rest = u32::try_from(nanos % unit).ok()?;
        let distance = Duration::new(u64::try_from(nanos / unit).ok()?, rest);
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }

    /// Parses a date of Appwrite: ISO 8601 with an offset, `2026-01-01T00:15:00.000+00:00`. A date without
    /// an offset, as in Appwrite's database, is in UTC.
    pub(super) fn parse(date: &str) -> Option<Self> {
        if date.contains('[') {
            // The meaning of a named time zone depends on the machine.
            return None;
        }
        if let Ok(timestamp) = date.parse::<jiff::Timestamp>() {
            return Some(Self(timestamp.as_nanosecond()));
        }
        // The date has no offset, or is near the end of the year 9999. A date near the end of 9999 stands for
        // "never". jiff refuses it as a timestamp, because the largest offset would exceed the year 9999.
        let utc = date.strip_suffix("+00:00").or(date.strip_suffix('Z')).unwrap_or(date);
        if utc.get("9999-12-31".len()..)?.contains(['+', '-', 'Z', 'z']) {
            return None;
        }
        let since = utc
            .parse::<DateTime>()
            .ok()?
            .duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        Some(Self(since.as_nanos()))
    }

    /// Formats the time as Appwrite does. Returns `None` after the year 9999.
    pub(super) fn text(self) -> Option<String> {
        let timestamp = jiff::Timestamp::from_nanosecond(self.0).ok()?;
        Some(timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string())
    }
}

impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        let nanos = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => nanos(after),
            Err(before) => -nanos(before.duration()),
        })
    }
}

/// The `expire` of a session or a stored key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expiry {
    /// The session or key never expires.
    Never,
    /// The session or key has expired after this time. It is still valid at this time.
    After(UnixTime),
    /// The session or key has expired, because the text is missing or is not a date.
    Ended,
}

impl Expiry {
    /// Reads the `expire` of a session. If it is missing or unreadable, the session has expired.
    ///
    /// Source: `User::sessionVerify` of appwrite/appwrite.
    pub(super) fn of_session(expire: Option<&str>) -> Self {
        expire.and_then(UnixTime::parse).map_or(Self::Ended, Self::After)
    }

    /// Reads the `expire` of a stored key. If it is absent, empty or `0`, the key never expires.
    ///
    /// Source: `Key::decode` of appwrite/appwrite.
    pub(super) fn of_key(expire: Option<&str>) -> Self {
        match expire.filter(|date| !is_empty_id(date)) {
            None => Self::Never,
            Some(date) => UnixTime::parse(date).map_or(Self::Ended, Self::After),
        }
    }

    pub(super) fn has_passed(self, now: UnixTime) -> bool {
        match self {
            Self::Never => false,
            Self::After(end) => end < now,
            Self::Ended => true,
        }
    }

    pub(super) fn time(self) -> Option<UnixTime> {
        match self {
            Self::After(end) => Some(end),
            Self::Never | Self::Ended => None,
        }
    }
}
