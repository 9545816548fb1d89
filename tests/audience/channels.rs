//! The names of channels, as in Appwrite's `Realtime` adapter.

use std::collections::BTreeSet;

use rolegate::audience::channels::{DatabaseKind, DocumentChannels, Operation, for_user};
use rolegate::audience::{Audience, Caller};
use rolegate::{Principal, User};

fn names(kind: DatabaseKind, ids: [&str; 3], operation: Operation) -> Vec<String> {
    let [database, collection, document] = ids;
    let channels = DocumentChannels::new(kind, database, collection, document);
    channels.of(operation).map(String::from).collect()
}

#[test]
fn document_of_tables_has_sixteen_channels() {
    let bases = [
        "documents",
        "databases.d.collections.c.documents",
        "databases.d.collections.c.documents.x",
        "rows",
        "databases.d.tables.c.rows",
        "databases.d.tables.c.rows.x",
        "tablesdb.d.tables.c.rows",
        "tablesdb.d.tables.c.rows.x",
    ];
    for operation in Operation::ALL {
        let found = names(DatabaseKind::Tables, ["d", "c", "x"], operation);
        let expected = bases
            .iter()
            .flat_map(|base| [(*base).to_owned(), format!("{base}.{}", operation.as_str())]);
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

#[test]
fn document_of_other_kinds_has_channels_with_their_prefix() {
    for (kind, prefix) in
        [(DatabaseKind::Documents, "documentsdb"), (DatabaseKind::Vectors, "vectorsdb")]
    {
        let found = names(kind, ["d", "c", "x"], Operation::Delete);
        let base = format!("{prefix}.d.collections.c.documents");
        let expected = [
            "documents".to_owned(),
            "documents.delete".to_owned(),
            base.clone(),
            format!("{base}.delete"),
            format!("{base}.x"),
            format!("{base}.x.delete"),
        ];
        assert_eq!(found, expected);
    }
}

#[test]
fn document_without_an_id_has_no_channels() {
    for ids in [["", "c", "x"], ["d", "", "x"], ["d", "c", ""], ["0", "c", "x"], ["d", "c", "0"]] {
        assert_eq!(names(DatabaseKind::Tables, ids, Operation::Create), [""; 0], "{ids:?}");
    }
}

#[test]
fn document_whose_id_has_a_dot_has_no_own_channel_with_an_operation() {
    let found = names(DatabaseKind::Documents, ["d", "c", "x.y"], Operation::Update);
    assert!(found.contains(&"documentsdb.d.collections.c.documents.x.y".into()));
    assert!(!found.contains(&"documentsdb.d.collections.c.documents.x.y.update".into()));
    // One of the last two parts is the name of a resource, as Appwrite tests it.
    let found = names(DatabaseKind::Documents, ["d", "c", "files.y"], Operation::Update);
    assert!(found.contains(&"documentsdb.d.collections.c.documents.files.y.update".into()));
}

#[test]
fn account_channels_become_those_of_the_user() {
    let cases: [(&[&str], &[&str]); 7] = [
        (&["account"], &["account", "account.u"]),
        (&["account.create", "account.upsert"], &["account.u.create", "account.u.upsert"]),
        (&["account.u"], &[]),
        (&["account.u.create", "account.b", "account.", "account.created"], &[]),
        (&["account", "account", "account.u"], &["account", "account.u"]),
        (&["accounts", "accountx.y", "documents"], &["accounts", "accountx.y", "documents"]),
        (&[], &[]),
    ];
    for (named, expected) in cases {
        assert_eq!(for_user(named.iter().copied(), Some("u")), expected, "{named:?}");
    }
}

#[test]
fn account_channels_of_a_guest_name_no_user() {
    for guest in [None, Some(""), Some("0")] {
        let named = ["account", "account.delete", "account.u", "account.u.delete", "files"];
        assert_eq!(for_user(named, guest), ["account", "account.delete", "files"], "{guest:?}");
    }
}

#[test]
fn account_channels_follow_the_user_who_signs_in() {
    let cases = [
        ("account", None, Some("n"), "account"),
        ("account.create", None, Some("n"), "account.n.create"),
        ("account.other", None, Some("n"), "account.other"),
        ("account.create", Some("o"), Some("n"), "account.create"),
        ("account.o", Some("o"), Some("n"), "account.n"),
        ("account.o.delete", Some("o"), Some("n"), "account.n.delete"),
        ("account.o.deleted", Some("o"), Some("n"), "account.o.deleted"),
        ("account.ox", Some("o"), Some("n"), "account.ox"),
        ("account.x", Some("o"), Some("n"), "account.x"),
        ("account.o", Some("o"), None, "account.o"),
        ("account.o", Some("o"), Some(""), "account.o"),
        ("account.o", Some("o"), Some("o"), "account.o"),
        ("documents.o", Some("o"), Some("n"), "documents.o"),
    ];
    for (channel, old, new, expected) in cases {
        let mut audience = Audience::<u8>::new();
        audience.connect(1, &caller(old)).unwrap();
        audience.subscribe(&1, 1, [channel, "documents"]).unwrap();
        audience.authenticate(&1, &caller(new)).unwrap();
        audience.internal_validate().unwrap();
        let found = channels_of(&audience);
        let expected = BTreeSet::from([expected.to_owned(), "documents".to_owned()]);
        assert_eq!(found, [(1, expected)], "{channel} from {old:?} to {new:?}");
    }
}

/// Returns a user, or a guest without an id.
fn caller(user: Option<&str>) -> Caller {
    Caller::new(Principal::user(&User::new(user.unwrap_or_default())).unwrap())
}

/// Returns the subscriptions of connection 1 with their channels.
fn channels_of(audience: &Audience<u8>) -> Vec<(u32, BTreeSet<String>)> {
    let subscriptions = audience.subscriptions(&1);
    subscriptions.map(|one| (*one.id(), one.channels().map(String::from).collect())).collect()
}

#[test]
fn subscriptions_of_the_account_keep_their_order_and_lose_repetitions() {
    let mut audience = Audience::<u8>::new();
    for number in 1..3 {
        audience.connect(number, &caller(Some("o"))).unwrap();
        audience.subscribe(&number, 1, ["account.o", "account.n", "files"]).unwrap();
        audience.subscribe(&number, 2, ["account.o"]).unwrap();
        audience.subscribe(&number, 3, ["rows"]).unwrap();
    }
    audience.authenticate(&1, &caller(Some("n"))).unwrap();
    audience.internal_validate().unwrap();
    let set = |channels: &[&str]| channels.iter().map(|it| (*it).to_owned()).collect();
    let expected =
        [(1, set(&["account.n", "files"])), (2, set(&["account.n"])), (3, set(&["rows"]))];
    assert_eq!(channels_of(&audience), expected);
    audience.disconnect(&2);
    audience.internal_validate().unwrap();
}
