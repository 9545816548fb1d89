//! Connections of users and sessions, and their expiry.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::audience::{Audience, Buffer, Caller, Document};
use rolegate::{Collection, DocumentSecurity, Principal, User};

use crate::support::audience::time;

fn user(id: &str) -> Principal {
    Principal::user(&User::new(id)).unwrap()
}

/// Returns the connections that receive an event of a document with one permission.
fn receivers(audience: &Audience<u32>, permission: &str, now: SystemTime) -> Vec<u32> {
    let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    let permissions = [permission];
    let document = Document::new(&collection, &permissions);
    let mut found: Vec<Vec<u32>> = Buffer::internal_forced()
        .into_iter()
        .chain([Buffer::new()])
        .map(|mut buffer| {
            let receivers = audience.receivers(document, ["documents"], now, &mut buffer);
            receivers.connections().copied().collect()
        })
        .collect();
    for found in &mut found {
        found.sort_unstable();
    }
    assert!(found.iter().all(|other| *other == found[0]), "{found:?}");
    found.swap_remove(0)
}

/// Returns an audience of these callers, numbered from 0, that listen to `documents`.
fn audience_of(callers: impl IntoIterator<Item = Caller>) -> Audience<u32> {
    let mut audience = Audience::new();
    for (number, caller) in (0..).zip(callers) {
        audience.connect(number, &caller).unwrap();
        audience.subscribe(&number, 0, ["documents"]).unwrap();
    }
    audience
}

#[test]
fn connection_at_its_expiry_is_no_receiver_before_it_is_ended() {
    let expiries = [None, Some(10), Some(5), Some(5), Some(0)];
    let mut audience = audience_of(expiries.map(|expiry| {
        let caller = Caller::new(Principal::guest());
        expiry.into_iter().fold(caller, |caller, at| caller.with_expiry(time(at)))
    }));
    let any = "read(\"any\")";
    assert_eq!(receivers(&audience, any, time(0)), [0, 1, 2, 3]);
    let just_before = time(5) - Duration::from_nanos(1);
    assert_eq!(receivers(&audience, any, just_before), [0, 1, 2, 3]);
    assert_eq!(receivers(&audience, any, time(5)), [0, 1]);
    assert_eq!((audience.len(), audience.next_expiry()), (5, Some(time(0))));
    assert_eq!(audience.disconnect_expired(just_before), [4]);
    let mut ended = audience.disconnect_expired(time(5));
    ended.sort_unstable();
    assert_eq!(ended, [2, 3]);
    assert_eq!((audience.len(), audience.next_expiry()), (2, Some(time(10))));
    assert_eq!(audience.disconnect_expired(time(11)), [1]);
    assert_eq!(audience.next_expiry(), None);
}

#[test]
fn expiry_before_1970_or_after_2554_fails_closed() {
    let before = UNIX_EPOCH - Duration::from_secs(1);
    let late = UNIX_EPOCH + Duration::from_secs(30_000_000_000);
    let callers = [before, late].map(|at| Caller::new(Principal::guest()).with_expiry(at));
    let audience = audience_of(callers);
    assert_eq!(receivers(&audience, "read(\"any\")", before), [1]);
    assert_eq!(receivers(&audience, "read(\"any\")", time(20_000_000)), [1]);
    assert_eq!(receivers(&audience, "read(\"any\")", late), [0; 0]);
}

#[test]
fn authenticate_replaces_session_and_expiry_and_keeps_subscriptions() {
    let mut audience = audience_of([Caller::new(Principal::guest())]);
    let signed_in = Caller::new(user("ann")).with_session("s1").with_expiry(time(9));
    audience.authenticate(&0, &signed_in).unwrap();
    assert_eq!(receivers(&audience, "read(\"user:ann\")", time(1)), [0]);
    assert_eq!(receivers(&audience, "read(\"guests\")", time(1)), [0; 0]);
    assert_eq!(audience.next_expiry(), Some(time(9)));
    let longer = signed_in.with_session("s2").with_expiry(time(19));
    audience.authenticate(&0, &longer).unwrap();
    assert_eq!(audience.next_expiry(), Some(time(19)));
    assert_eq!(audience.disconnect_session("s1"), [0; 0]);
    assert_eq!(audience.disconnect_session("s2"), [0]);
    assert!(audience.is_empty());
}

#[test]
fn principal_of_a_user_is_replaced_on_every_connection_and_sessions_stay() {
    let session = |name: &str| Caller::new(user("ann")).with_session(name);
    let others = [Caller::new(user("ben")), Caller::new(Principal::guest())];
    let mut audience = audience_of([session("s1"), session("s2")].into_iter().chain(others));
    let mut ann = User::new("ann");
    ann.labels.push("vip".into());
    let vip = Principal::user(&ann).unwrap();
    assert_eq!(audience.replace_principal_of_user("ann", &vip), Ok(2));
    assert_eq!(receivers(&audience, "read(\"label:vip\")", time(1)), [0, 1]);
    assert_eq!(audience.replace_principal_of_user("ann", &user("ann")), Ok(2));
    assert_eq!(receivers(&audience, "read(\"label:vip\")", time(1)), [0; 0]);
    assert_eq!(audience.disconnect_session("s2"), [1]);
    assert_eq!(audience.disconnect_user("ann"), [0]);
    assert_eq!(audience.replace_principal_of_user("ann", &vip), Ok(0));
    assert_eq!(audience.len(), 2);
}

#[test]
fn user_whose_id_is_no_role_is_found_and_gains_no_role_by_it() {
    let mut audience = audience_of([
        Caller::new(user("ann/verified")),
        Caller::new(user("an n")),
        Caller::new(Principal::guest()).with_session("s1"),
        Caller::new(Principal::key_with_bypass()),
    ]);
    for forged in
        ["user:ann/verified", "=ann/verified", "=an n", "user:an n", "#s1", "*", "session:s1"]
    {
        assert_eq!(receivers(&audience, &format!("read(\"{forged}\")"), time(1)), [3], "{forged}");
    }
    assert_eq!(audience.disconnect_user("ann/verified"), [0]);
    assert_eq!(audience.disconnect_user("an n"), [1]);
    assert_eq!(audience.disconnect_session("s1"), [2]);
}

#[test]
fn connections_with_the_role_of_a_user_are_connections_of_the_user() {
    let roles = Principal::parse_roles(["user:ann", "team:t1"]).unwrap();
    let verified = Principal::parse_roles(["user:ann/verified"]).unwrap();
    let mut audience = audience_of([Caller::new(roles), Caller::new(verified)]);
    assert_eq!(audience.disconnect_user("ann"), [0]);
    assert_eq!(audience.disconnect_user("ann/verified"), [0; 0]);
    assert_eq!(audience.len(), 1);
}

#[test]
fn principal_without_the_role_any_receives_no_public_document() {
    let roles = Principal::parse_roles(["users"]).unwrap();
    let audience = audience_of([Caller::new(roles), Caller::new(Principal::guest())]);
    assert_eq!(receivers(&audience, "read(\"any\")", time(1)), [1]);
}

#[test]
fn actor_of_an_impersonation_ends_its_connections_and_keeps_the_roles_of_the_target() {
    let as_ben = Caller::new(user("ben")).with_actor("ann").with_session("s1");
    let mut audience = audience_of([
        as_ben.clone(),
        as_ben.with_actor("an n"),
        Caller::new(user("ann")),
        Caller::new(user("ben")),
    ]);
    let mut ann = User::new("ann");
    ann.labels.push("vip".into());
    assert_eq!(audience.replace_principal_of_user("ann", &Principal::user(&ann).unwrap()), Ok(1));
    assert_eq!(receivers(&audience, "read(\"label:vip\")", time(1)), [2]);
    assert_eq!(audience.replace_principal_of_user("ben", &user("ben")), Ok(3));
    assert_eq!(receivers(&audience, "read(\"user:ben\")", time(1)), [0, 1, 3]);
    assert_eq!(audience.disconnect_user("an n"), [1]);
    let mut ended = audience.disconnect_user("ann");
    ended.sort_unstable();
    assert_eq!(ended, [0, 2]);
    assert_eq!(audience.disconnect_user("ben"), [3]);
}

#[test]
fn user_who_acts_as_itself_is_ended_once() {
    let mut audience = audience_of([Caller::new(user("ann")).with_actor("ann")]);
    assert_eq!(audience.disconnect_user("ann"), [0]);
    audience.internal_validate().unwrap();
}

#[test]
fn key_ends_its_connections_and_no_others() {
    let key = || Caller::new(Principal::key_with_bypass());
    let mut audience = audience_of([
        key().with_key("backend"),
        key().with_key("other"),
        Caller::new(user("backend")).with_actor("backend").with_session("backend"),
        Caller::new(user("ann")).with_key("backend"),
    ]);
    audience.replace_principal(&3, &Principal::guest()).unwrap();
    let mut ended = audience.disconnect_key("backend");
    ended.sort_unstable();
    assert_eq!(ended, [0, 3]);
    assert_eq!(receivers(&audience, "read(\"users\")", time(1)), [1, 2]);
    assert_eq!(audience.disconnect_key("backend"), [0; 0]);
}

#[test]
fn caller_of_an_actor_without_a_session_gives_no_access_by_its_names() {
    let caller = Caller::new(Principal::guest()).with_actor("ann").with_key("k");
    assert_eq!(
        (caller.actor_id(), caller.key_name(), caller.session_id()),
        (Some("ann"), Some("k"), None)
    );
    let audience = audience_of([caller]);
    for forged in ["user:ann", "@ann", "+k", "k", "ann"] {
        assert_eq!(
            receivers(&audience, &format!("read(\"{forged}\")"), time(1)),
            [0; 0],
            "{forged}"
        );
    }
}
