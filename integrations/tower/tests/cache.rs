//! The cache of users.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use rolegate::auth::{KeyLookup, UserLookup};
use rolegate_tower::{AsyncDirectory, CachedDirectory, MAX_TIME_TO_LIVE};
use serde_json::json;

use crate::support::*;

fn cached(users: &Arc<Users>, time_to_live: Duration) -> Arc<CachedDirectory<Arc<Users>>> {
    let capacity = NonZeroU64::new(100).unwrap();
    CachedDirectory::new(Arc::clone(users), capacity, time_to_live).unwrap().into()
}

#[tokio::test]
async fn user_is_looked_up_once_until_invalidated() {
    let users = Arc::new(Users::new());
    let directory = cached(&users, MAX_TIME_TO_LIVE);
    let router = router().layer(layer(Arc::clone(&directory)));
    for credential in [cookie("user-a"), cookie("user-a"), jwt("user-a")] {
        let (status, body) = ask(router.clone(), &[credential]).await;
        assert_eq!((status, &body["user"]), (200, &json!("user-a")));
    }
    assert_eq!(users.lookup_count(), 1);

    users.known.lock().unwrap()[0].status = Some(false);
    assert_eq!(ask(router.clone(), &[cookie("user-a")]).await.0, 200);
    directory.invalidate("user-a");
    assert_refused(router, &[cookie("user-a")], 403, "user_blocked").await;
    assert_eq!(users.lookup_count(), 2);
}

#[tokio::test]
async fn cached_user_does_not_answer_for_another() {
    let users = Arc::new(Users::new());
    let router = router().layer(layer(cached(&users, MAX_TIME_TO_LIVE)));
    for id in ["user-a", "boss", "user-a", "boss"] {
        assert_eq!(ask(router.clone(), &[cookie(id)]).await.1["user"], json!(id));
    }
    assert_eq!(users.lookup_count(), 2);
}

#[tokio::test]
async fn user_is_looked_up_again_after_time_to_live() {
    for time_to_live in [Duration::ZERO, Duration::from_millis(5)] {
        let users = Arc::new(Users::new());
        let directory = cached(&users, time_to_live);
        for _ in 0..3 {
            directory.user(UserLookup::Id("user-a")).await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(users.lookup_count(), 3);
    }
}

#[tokio::test]
async fn misses_and_other_look_ups_are_not_cached() {
    let users = Arc::new(Users::new());
    let directory = cached(&users, MAX_TIME_TO_LIVE);
    for lookup in [
        UserLookup::Id("unknown"),
        UserLookup::Email("user-a@example.com"),
        UserLookup::SessionSecret(SESSION_SECRET),
        UserLookup::Phone("+1"),
    ] {
        let before = users.lookup_count();
        let first = directory.user(lookup).await.unwrap();
        assert_eq!(directory.user(lookup).await.unwrap(), first);
        assert_eq!(users.lookup_count(), before + 2, "{lookup:?}");
    }
}

#[tokio::test]
async fn errors_and_keys_are_not_cached() {
    let users = Arc::new(Users::failing());
    let directory = cached(&users, MAX_TIME_TO_LIVE);
    for _ in 0..2 {
        assert!(directory.user(UserLookup::Id("user-a")).await.is_err());
    }
    assert_eq!(users.lookup_count(), 2);
    assert!(directory.key(KeyLookup::Project { secret: KEY }).await.is_err());
    let found = cached(&Arc::new(Users::new()), MAX_TIME_TO_LIVE);
    assert!(found.key(KeyLookup::Project { secret: KEY }).await.unwrap().is_some());
}

#[tokio::test]
async fn full_cache_drops_users() {
    let users = Arc::new(Users::new());
    let ids: Vec<String> = (0..2000).map(|number| format!("user-{number}")).collect();
    users.known.lock().unwrap().extend(ids.iter().map(|id| user(id, &json!({}))));
    let directory =
        CachedDirectory::new(Arc::clone(&users), NonZeroU64::MIN, MAX_TIME_TO_LIVE).unwrap();
    for id in ids.iter().chain(&ids) {
        directory.user(UserLookup::Id(id)).await.unwrap().unwrap();
    }
    assert!(users.lookup_count() > 3000, "{}", users.lookup_count());
}

#[test]
fn time_to_live_over_five_minutes_is_refused() {
    let build = |time_to_live| {
        let capacity = NonZeroU64::new(1).unwrap();
        CachedDirectory::new(Users::new(), capacity, time_to_live)
    };
    assert!(build(MAX_TIME_TO_LIVE).is_ok());
    let error = build(MAX_TIME_TO_LIVE + Duration::from_nanos(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "time to live of 300.000000001s is longer than 300s, the maximum"
    );
}
