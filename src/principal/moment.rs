//! Points in time: [`Moment`], in which clocks, claims and Appwrite's dates are compared.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const NANOS: i128 = 1_000_000_000;

/// Nanoseconds since 1970. Every clock, every `i64` of seconds and every date fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Moment(i128);

impl Moment {
    pub(super) fn from_seconds(seconds: i64) -> Self {
        Self(i128::from(seconds) * NANOS)
    }

    /// Whole seconds, rounded down, as claims count them.
    pub(super) fn seconds(self) -> i64 {
        let seconds = self.0.div_euclid(NANOS);
        i64::try_from(seconds).unwrap_or(if seconds < 0 { i64::MIN } else { i64::MAX })
    }

    /// As a clock tells it; `None` beyond what the platform's can.
    pub(super) fn system_time(self) -> Option<SystemTime> {
        let (nanos, unit) = (self.0.unsigned_abs(), NANOS.unsigned_abs());
        let rest = u32::try_from(nanos % unit).ok()?;
        let distance = Duration::new(u64::try_from(nanos / unit).ok()?, rest);
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }

    /// Reads a date of Appwrite's: ISO 8601 with an offset, `2026-01-01T00:15:00.000+00:00`, or, as
    /// its database keeps it, without one, which means UTC.
    pub(super) fn parse(date: &str) -> Option<Self> {
        if date.contains('[') {
            // A time zone by its name: what it means depends on the machine.
            return None;
        }
        let with_offset = date.parse::<jiff::Timestamp>().ok();
        let timestamp = with_offset.or_else(|| {
            let date: DateTime = date.parse().ok()?;
            TimeZone::UTC.to_timestamp(date).ok()
        })?;
        Some(Self(timestamp.as_nanosecond()))
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let nanos = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => nanos(after),
            Err(before) => -nanos(before.duration()),
        })
    }
}

/// When something ends that has an `expire`, as sessions and stored keys do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// There is none: `null` or an empty text.
    Never,
    /// After this moment; at it, it still holds.
    After(Moment),
    /// What is written there is no date. Whoever wrote it wanted an end, so it has ended.
    Unreadable,
}

impl End {
    pub(super) fn parse(expire: Option<&str>) -> Self {
        match expire {
            None | Some("") => Self::Never,
            Some(date) => Moment::parse(date).map_or(Self::Unreadable, Self::After),
        }
    }

    pub(super) fn has_passed(self, now: Moment) -> bool {
        match self {
            Self::Never => false,
            Self::After(end) => end < now,
            Self::Unreadable => true,
        }
    }

    pub(super) fn moment(self) -> Option<Moment> {
        match self {
            Self::After(end) => Some(end),
            Self::Never | Self::Unreadable => None,
        }
    }
}
