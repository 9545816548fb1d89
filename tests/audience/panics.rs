//! The host's code for connections, subscriptions and channels may panic. The audience is then as before or as
//! after the call, and has no stale receiver.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::UNIX_EPOCH;

use rolegate::audience::{Audience, Buffer, Caller, Document, DocumentChange};
use rolegate::{Collection, DocumentSecurity, Principal, User};

use crate::support::audience::time;

thread_local! {
    /// The number of calls of the host's code until one panics.
    static CALLS_LEFT: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Counts a call of the host's code, and panics if it is the chosen one.
fn call() {
    let left = CALLS_LEFT.get();
    CALLS_LEFT.set(left.and_then(|left| left.checked_sub(1)));
    assert!(left != Some(0) || std::thread::panicking(), "the chosen call");
}

/// A value whose methods may panic.
#[derive(Debug)]
struct Fragile(u8);

impl PartialEq for Fragile {
    fn eq(&self, other: &Self) -> bool {
        call();
        self.0 == other.0
    }
}

impl Eq for Fragile {}

impl Hash for Fragile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        call();
        self.0.hash(state);
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        call();
    }
}

impl AsRef<str> for Fragile {
    fn as_ref(&self) -> &str {
        call();
        if self.0 == 0 { "documents" } else { "rows" }
    }
}

type FragileAudience = Audience<Fragile, Fragile>;
type Action = fn(&mut FragileAudience);

fn caller() -> Caller {
    let user = Principal::user(&User::new("ann")).unwrap();
    Caller::new(user).with_session("s").with_expiry(time(10))
}

fn audience() -> FragileAudience {
    let mut audience = FragileAudience::new();
    for at in 0..4 {
        audience.connect(Fragile(at), &caller()).unwrap();
        for id in 0..2 {
            audience.subscribe(&Fragile(at), Fragile(id), [Fragile(id)]).unwrap();
        }
    }
    audience
}

/// Returns who receives what, which is all that an audience shows.
fn shown(audience: &FragileAudience) -> BTreeSet<(String, u8, u8)> {
    let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    let mut shown = BTreeSet::new();
    for role in ["users", "guests"] {
        let permissions = [format!("read(\"{role}\")")];
        let document = Document::new(&collection, &permissions);
        let channels = ["documents", "rows", "files"];
        for mut buffer in Buffer::internal_forced() {
            let receivers = audience.receivers(document, channels, UNIX_EPOCH, &mut buffer);
            for receiver in receivers {
                for subscription in receiver.subscriptions() {
                    shown.insert((role.to_owned(), receiver.connection().0, subscription.0));
                }
            }
        }
    }
    shown
}

#[test]
fn operation_that_panics_anywhere_is_undone_or_complete() {
    let actions: [(&str, Action); 11] = [
        ("connect", |a| a.connect(Fragile(9), &caller()).unwrap()),
        ("connect again", |a| _ = a.connect(Fragile(1), &caller()).unwrap_err()),
        ("authenticate", |a| {
            a.authenticate(&Fragile(1), &Caller::new(Principal::guest())).unwrap();
        }),
        ("replace", |a| a.replace_principal(&Fragile(1), &Principal::guest()).unwrap()),
        ("subscribe", |a| a.subscribe(&Fragile(1), Fragile(7), [Fragile(0)]).unwrap()),
        ("subscribe again", |a| {
            a.subscribe(&Fragile(1), Fragile(1), [Fragile(0), Fragile(1)]).unwrap();
        }),
        ("unsubscribe", |a| _ = a.unsubscribe(&Fragile(1), &Fragile(1))),
        ("disconnect", |a| _ = a.disconnect(&Fragile(1))),
        ("disconnect session", |a| drop(a.disconnect_session("s"))),
        ("disconnect user", |a| drop(a.disconnect_user("ann"))),
        ("disconnect expired", |a| drop(a.disconnect_expired(time(10)))),
    ];
    for (name, action) in actions {
        let mut whole = audience();
        let before = shown(&whole);
        action(&mut whole);
        let after = shown(&whole);
        let mut panics = 0;
        for calls in 0.. {
            let mut audience = audience();
            CALLS_LEFT.set(Some(calls));
            let result = catch_unwind(AssertUnwindSafe(|| action(&mut audience)));
            CALLS_LEFT.set(None);
            audience.internal_validate().unwrap();
            let found = shown(&audience);
            if result.is_ok() {
                assert_eq!(found, after, "{name}");
                break;
            }
            panics += 1;
            assert!(found == before || found == after, "{name}, call {calls}: {found:?}");
        }
        assert!(panics > 0, "{name} calls no code of the host");
    }
}

#[test]
fn event_that_panics_leaves_a_buffer_that_can_be_used_again() {
    let audience = audience();
    let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    let permissions = ["read(\"users\")"];
    let document = Document::new(&collection, &permissions);
    let change = DocumentChange::new("x").before(document).after(document);
    let mut buffer = Buffer::new();
    for calls in 0..2 {
        CALLS_LEFT.set(Some(calls));
        let channels = |_| [Fragile(0), Fragile(1)];
        let change = AssertUnwindSafe(|| {
            _ = audience.change(&change, channels, UNIX_EPOCH, &mut buffer);
        });
        assert!(catch_unwind(change).is_err());
        CALLS_LEFT.set(None);
    }
    let receivers = audience.receivers(document, ["rows"], UNIX_EPOCH, &mut buffer);
    assert_eq!(receivers.len(), 4);
}
