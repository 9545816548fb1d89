//! A cache of users in front of a directory: [`CachedDirectory`].

use std::error::Error;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use rolegate::User;
use rolegate::auth::{KeyLookup, StoredKey, UserLookup};

use crate::directory::AsyncDirectory;

/// The maximum time to live of a cached user: five minutes. A blocked user or a deleted session counts for
/// that long.
pub const MAX_TIME_TO_LIVE: Duration = Duration::from_secs(300);

/// A directory that caches the users of another directory in memory.
///
/// # What is cached
///
/// Users that were found by [`UserLookup::Id`] are cached. This is the look-up of a session in Appwrite's
/// format, of a JWT, and of a target by id. Other look-ups, unknown users, keys and errors are not cached. When
/// the cache is full, it drops rarely used users.
///
/// # What staleness costs
///
/// Until the time to live has passed, a cached user is used as it was:
///
/// - A deleted session, and a JWT of this session, still count. Signing out has no effect yet.
/// - A blocked user is still let in.
/// - A removed role, label or membership still grants access. A new one does not grant access yet.
/// - A new session does not count yet, because the cached user lacks it. The client is a guest after it
///   signed in.
///
/// A host that calls [`invalidate`](Self::invalidate) after each change of a user avoids most of this. Two gaps
/// remain. A look-up that is in flight during the call may store the old user after it. And each process
/// has a cache of its own, so a change through another process is not seen.
///
/// ```
/// use rolegate_tower::CachedDirectory;
/// use std::num::NonZeroU64;
/// use std::time::Duration;
///
/// # use rolegate::User;
/// # use rolegate::auth::UserLookup;
/// # struct Database;
/// # impl rolegate_tower::AsyncDirectory for Database {
/// #     type Error = std::convert::Infallible;
/// #     async fn user(&self, _: UserLookup<'_>) -> Result<Option<User>, Self::Error> { Ok(None) }
/// # }
/// let capacity = NonZeroU64::new(10_000).ok_or("no capacity")?;
/// let directory = CachedDirectory::new(Database, capacity, Duration::from_secs(5))?;
/// directory.invalidate("user-a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CachedDirectory<D> {
    directory: D,
    users: Cache<Box<str>, Arc<User>>,
}

impl<D> CachedDirectory<D> {
    /// Creates a cache of at most `capacity` users, each of which is used until `time_to_live` has passed
    /// since it was looked up. The cache drops users in batches, so it can exceed the capacity by some hundred
    /// users for a moment.
    ///
    /// # Errors
    ///
    /// The time to live is longer than [`MAX_TIME_TO_LIVE`].
    pub fn new(
        directory: D,
        capacity: NonZeroU64,
        time_to_live: Duration,
    ) -> Result<Self, TimeToLiveTooLong> {
        if time_to_live > MAX_TIME_TO_LIVE {
            return Err(TimeToLiveTooLong(time_to_live));
        }
        let users = Cache::builder().max_capacity(capacity.get()).time_to_live(time_to_live);
        Ok(Self { directory, users: users.build() })
    }

    /// Removes a user from the cache. Call this after each change of the user, such as a deleted session.
    pub fn invalidate(&self, user_id: &str) {
        self.users.invalidate(user_id);
    }

    /// Returns the directory behind the cache.
    #[must_use]
    pub fn get_ref(&self) -> &D {
        &self.directory
    }
}

impl<D: AsyncDirectory> AsyncDirectory for CachedDirectory<D> {
    type Error = D::Error;

    async fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, D::Error> {
        let UserLookup::Id(id) = lookup else { return self.directory.user(lookup).await };
        if let Some(user) = self.users.get(id) {
            return Ok(Some(User::clone(&user)));
        }
        let user = self.directory.user(lookup).await?;
        // The text of the look-up is from a request. Only an existing id may take room.
        if let Some(user) = user.as_ref().filter(|user| user.id == id) {
            self.users.insert(id.into(), Arc::new(user.clone()));
        }
        Ok(user)
    }

    async fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, D::Error> {
        self.directory.key(lookup).await
    }
}

impl<D: fmt::Debug> fmt::Debug for CachedDirectory<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedDirectory")
            .field("directory", &self.directory)
            .field("users", &self.users.entry_count())
            .finish()
    }
}

/// An error: the time to live of a cache is longer than [`MAX_TIME_TO_LIVE`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeToLiveTooLong(Duration);

impl fmt::Display for TimeToLiveTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, limit) = (self.0, MAX_TIME_TO_LIVE);
        write!(f, "time to live of {found:?} is longer than {limit:?}, the maximum")
    }
}

impl Error for TimeToLiveTooLong {}
