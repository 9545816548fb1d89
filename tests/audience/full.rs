//! Audiences without room: what is refused, what a caller keeps, and trying again.

use rolegate::audience::channels::for_user;
use rolegate::audience::{Audience, Caller, ErrorKind, Limits};
use rolegate::{Principal, User};

fn user(id: &str) -> Principal {
    Principal::user(&User::new(id)).unwrap()
}

fn limited(set: impl FnOnce(&mut Limits)) -> Audience<u32> {
    let mut limits = Limits::default();
    set(&mut limits);
    Audience::with_limits(limits)
}

/// Returns the channels of the only subscription of connection 1, sorted.
fn channels(audience: &Audience<u32>) -> Vec<String> {
    let subscription = audience.subscriptions(&1).next().unwrap();
    let mut channels: Vec<String> = subscription.channels().map(String::from).collect();
    channels.sort_unstable();
    channels
}

#[test]
fn sign_in_that_is_tried_again_rewrites_the_channels_of_the_account() {
    let mut audience = limited(|limits| limits.text_bytes = 60);
    audience.connect(1, &Caller::new(user("ben"))).unwrap();
    audience.subscribe(&1, 1, for_user(["account"], Some("ben"))).unwrap();
    audience.connect(2, &Caller::new(user("ben"))).unwrap();
    audience.subscribe(&2, 1, ["x".repeat(40)]).unwrap();
    let new = Caller::new(user("longlonglong"));
    let error = audience.authenticate(&1, &new).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Full);
    assert_eq!(channels(&audience), ["account", "account.ben"]);
    audience.internal_validate().unwrap();

    assert!(audience.disconnect(&2));
    audience.authenticate(&1, &new).unwrap();
    assert_eq!(channels(&audience), ["account", "account.longlonglong"]);
    assert!(audience.disconnect_user("ben").is_empty());
    audience.internal_validate().unwrap();
}

#[test]
fn connection_whose_principal_cannot_be_replaced_is_still_one_of_the_user() {
    // `any`, `users`, `users/unverified` and `user:ann`.
    let mut audience = limited(|limits| limits.text_bytes = 3 + 5 + 16 + 8);
    audience.connect(1, &Caller::new(user("ann"))).unwrap();
    // Another connection keeps the common roles.
    let common = Principal::parse_roles(["any", "users", "users/unverified"]).unwrap();
    audience.connect(2, &Caller::new(common)).unwrap();
    let staff = Principal::parse_roles(["any", "label:averylonglabel"]).unwrap();
    for _ in 0..2 {
        let error = audience.replace_principal_of_user("ann", &staff).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Full);
        audience.internal_validate().unwrap();
    }
    assert_eq!(audience.disconnect_user("ann"), [1]);
    audience.internal_validate().unwrap();
}

#[test]
fn refused_call_gives_its_memory_back() {
    let mut audience = limited(|limits| {
        limits.channels = 1 << 20;
        limits.text_bytes = 60_000;
    });
    audience.connect(1, &Caller::new(Principal::guest())).unwrap();
    let before = audience.memory();
    let many = (0..20_000).map(|number| format!("c{number}"));
    assert_eq!(audience.subscribe(&1, 1, many).unwrap_err().kind(), ErrorKind::Full);
    audience.internal_validate().unwrap();
    let labels = (0..20_000).map(|number| format!("label:l{number}"));
    let labelled = Principal::parse_roles(labels).unwrap();
    assert_eq!(audience.connect(2, &Caller::new(labelled)).unwrap_err().kind(), ErrorKind::Full);
    audience.internal_validate().unwrap();
    assert!(audience.memory() < 2 * before, "{} bytes, then {}", before, audience.memory());
}

#[test]
fn channels_that_no_two_connections_share_any_more_give_their_memory_back() {
    const CHANNELS: u32 = 20;
    let connected = |count: u32, of: u32| {
        let mut audience = Audience::<u32>::new();
        for number in 0..count {
            audience.connect(number, &Caller::new(Principal::guest())).unwrap();
            let own = (0..CHANNELS).map(|channel| format!("{}.{channel}", number % of));
            audience.subscribe(&number, 0, own).unwrap();
        }
        audience
    };
    let mut audience = connected(2000, 1000);
    (1000..2000).for_each(|number| assert!(audience.disconnect(&number)));
    audience.internal_validate().unwrap();
    let alone = connected(1000, 1000).memory();
    assert!(audience.memory() < alone + alone / 4, "{} bytes, {alone} alone", audience.memory());
}
