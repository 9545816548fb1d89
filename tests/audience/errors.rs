//! The errors of audiences, and their texts.

use std::time::UNIX_EPOCH;

use rolegate::audience::{Audience, Buffer, Caller, Document, ErrorKind, Limits};
use rolegate::{Collection, DocumentSecurity, Principal, User};

fn guest() -> Caller {
    Caller::new(Principal::guest())
}

fn limited(set: impl FnOnce(&mut Limits)) -> Audience<u32> {
    let mut limits = Limits::default();
    set(&mut limits);
    Audience::with_limits(limits)
}

#[test]
fn error_printed_names_the_failure_and_the_limit() {
    let mut audience = limited(|limits| limits.channels = 1);
    audience.connect(1, &guest()).unwrap();
    let errors = [
        (
            audience.connect(1, &guest()),
            ErrorKind::AlreadyConnected,
            "connection is already connected",
        ),
        (audience.authenticate(&2, &guest()), ErrorKind::NotConnected, "connection not found"),
        (audience.subscribe(&2, 1, ["x"]), ErrorKind::NotConnected, "connection not found"),
        (
            audience.subscribe(&1, 1, ["x", "y"]),
            ErrorKind::TooManyChannels,
            "connection is full: 1 channel",
        ),
        (
            audience.subscribe(&1, 1, ["x".repeat(257)]),
            ErrorKind::TextTooLong,
            "text is too long: 256 bytes at most",
        ),
        (
            audience.connect(2, &guest().with_session("x".repeat(1024))),
            ErrorKind::TextTooLong,
            "text is too long: 1,024 bytes at most",
        ),
        (
            limited(|limits| limits.connections = 0).connect(1, &guest()),
            ErrorKind::Full,
            "audience is full: 0 connections",
        ),
        (
            limited(|limits| limits.text_bytes = 1).connect(1, &guest()),
            ErrorKind::Full,
            "audience is full: 1 byte of text",
        ),
    ];
    for (result, kind, text) in errors {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
    }
    audience.internal_validate().unwrap();
}

#[test]
fn longest_text_of_the_representation_is_accepted() {
    let mut audience = limited(|limits| limits.channel_len = u32::MAX);
    audience.connect(1, &guest()).unwrap();
    audience.subscribe(&1, 1, ["x".repeat(65_535), "y".repeat(65_535)]).unwrap();
    let error = audience.subscribe(&1, 1, ["x".repeat(65_536)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TextTooLong);
    assert_eq!(audience.subscriptions(&1).next().unwrap().channels().count(), 2);
    audience.internal_validate().unwrap();
}

#[test]
fn subscription_without_channels_does_not_exist() {
    let mut audience = Audience::<u32>::new();
    audience.connect(1, &guest()).unwrap();
    audience.subscribe(&1, 1, [""; 0]).unwrap();
    assert_eq!(audience.subscriptions(&1).count(), 0);
    assert!(!audience.unsubscribe(&1, &1));
    assert!(!audience.unsubscribe(&2, &1));
}

/// Returns the number of connections that receive an event for a role.
fn receivers(audience: &Audience<u32>, role: &str) -> usize {
    let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    let permissions = [format!("read(\"{role}\")")];
    let document = Document::new(&collection, &permissions);
    let mut buffer = Buffer::new();
    audience.receivers(document, ["documents"], UNIX_EPOCH, &mut buffer).len()
}

/// Returns user `ann` with a label.
fn labelled(label: &str) -> Principal {
    let mut ann = User::new("ann");
    ann.labels.push(label.into());
    Principal::user(&ann).unwrap()
}

/// Replaces the principal of connection 1.
type Replace = fn(&mut Audience<u32>, &Principal) -> Result<(), ErrorKind>;

#[test]
fn principal_that_cannot_be_replaced_keeps_only_the_common_roles() {
    let replace: [Replace; 3] = [
        |audience, new| audience.replace_principal(&1, new).map_err(|error| error.kind()),
        |audience, new| {
            audience.replace_principal_of_user("ann", new).map(|_| ()).map_err(|error| error.kind())
        },
        |audience, new| {
            audience.authenticate(&1, &new.clone().into()).map_err(|error| error.kind())
        },
    ];
    for (number, replace) in replace.into_iter().enumerate() {
        // 3 + 5 + 16 + 8 + 12 bytes: `any`, `users`, `users/unverified`, `user:ann`, `label:secret`.
        let mut audience = limited(|limits| limits.text_bytes = 44 + 3);
        audience.connect(1, &Caller::new(labelled("secret")).with_session("s1")).unwrap();
        audience.subscribe(&1, 1, ["documents"]).unwrap();
        assert_eq!(receivers(&audience, "label:secret"), 1);
        assert_eq!(replace(&mut audience, &labelled("toolongs")), Err(ErrorKind::Full), "{number}");
        audience.internal_validate().unwrap();
        assert_eq!(receivers(&audience, "label:secret"), 0, "{number}");
        assert_eq!(receivers(&audience, "user:ann"), 1, "{number}");
        // A new principal that fits in place of the old one is not refused.
        assert_eq!(replace(&mut audience, &labelled("public")), Ok(()), "{number}");
        assert_eq!(receivers(&audience, "label:public"), 1);
        assert_eq!(replace(&mut audience, &labelled("secret")), Ok(()), "{number}");
        let ended = audience.disconnect_session("s1").len();
        assert_eq!(ended, usize::from(number < 2), "{number}");
    }
}

#[test]
fn channels_that_are_repeated_count_once() {
    let mut audience = limited(|limits| limits.channels = 2);
    audience.connect(1, &guest()).unwrap();
    audience.subscribe(&1, 1, ["a", "a", "b", "a", "b", "b"]).unwrap();
    audience.subscribe(&1, 1, ["b", "a", "a"]).unwrap();
    for more in [&["c"][..], &["a", "a", "b", "b", "c"], &["a", "a", "a", "a", "c"]] {
        let error = audience.subscribe(&1, 1, more).unwrap_err();
        assert_eq!(error.to_string(), "connection is full: 2 channels", "{more:?}");
    }
    // An input without an end is refused after a few channels.
    let error = audience.subscribe(&1, 2, (0_u64..).map(|number| number.to_string())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyChannels);
    audience.internal_validate().unwrap();
    let mut none = limited(|limits| limits.channels = 0);
    none.connect(1, &guest()).unwrap();
    assert_eq!(none.subscribe(&1, 1, ["a"]).unwrap_err().kind(), ErrorKind::TooManyChannels);
    none.subscribe(&1, 1, [""; 0]).unwrap();
}
