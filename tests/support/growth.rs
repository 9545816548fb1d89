//! Cases that run on inputs of any size. The tests count their bytes of memory, and `benches/counts.sh` counts
//! their instructions.
//!
//! A case first creates its input, which is not counted, and then returns the function to count.

use std::hint::black_box;

use rolegate::index::DocumentIndex;
use rolegate::json::{Filter, Format, Nested};
use rolegate::{
    AclColumn, AclLimits, AclTable, Action, ActionSet, Collection, Permission, Principal, Role,
    User, Visibility, aggregate,
};

/// The allowed growth for twice the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Growth {
    /// The cost must stay the same, because only a bounded start of the input is read.
    None,
    /// The cost may double. Sorting may add a logarithmic factor.
    Linear,
}

/// A case: a function of the size of its input.
pub struct Case {
    pub name: &'static str,
    pub growth: Growth,
    /// The size that is compared with twice the size.
    pub size: usize,
    pub prepare: fn(usize) -> Box<dyn FnOnce()>,
}

const fn case(
    name: &'static str,
    growth: Growth,
    size: usize,
    prepare: fn(usize) -> Box<dyn FnOnce()>,
) -> Case {
    Case { name, growth, size, prepare }
}

/// A case for every kind of input that can be very large.
pub const CASES: [Case; 23] = [
    case("text", Growth::None, 1 << 20, text),
    case("nesting", Growth::Linear, 100_000, nesting),
    case("nesting-documents", Growth::Linear, 100_000, nesting_of_documents),
    case("repetitions", Growth::Linear, 250_000, repetitions),
    case("malformed", Growth::Linear, 50_000, malformed),
    case("roles", Growth::Linear, 100_000, roles),
    case("roles-strings", Growth::Linear, 100_000, roles_as_strings),
    case("lists", Growth::Linear, 50_000, lists),
    case("lists-of-one", Growth::Linear, 50_000, lists_of_one_role),
    case("refused", Growth::Linear, 50_000, refused),
    case("principal", Growth::Linear, 50_000, principal),
    case("user", Growth::Linear, 50_000, user),
    case("explain", Growth::Linear, 50_000, explain),
    case("documents", Growth::Linear, 20_000, documents),
    case("long-document", Growth::Linear, 1 << 20, long_document),
    case("aggregate", Growth::Linear, 50_000, aggregated),
    case("lines", Growth::Linear, 20_000, lines),
    case("slow-line", Growth::Linear, 1 << 20, slow_line),
    case("other-object", Growth::Linear, 50_000, other_object),
    case("index", Growth::Linear, 20_000, index),
    case("index-changes", Growth::Linear, 100_000, index_changes),
    case("index-refused", Growth::Linear, 20_000, index_refused),
    case("index-page", Growth::None, 65_536, index_page),
];

fn guest() -> Principal {
    Principal::guest()
}

/// Parses a permission and a role of `size` bytes.
fn text(size: usize) -> Box<dyn FnOnce()> {
    let role = format!("user:{}", "a".repeat(size));
    let permission = format!("read(\"{role}\")");
    Box::new(move || {
        assert!(Permission::parse(&permission).is_err());
        assert!(Role::parse(&role).is_err());
        assert!(Principal::parse_roles([&role]).is_err());
        assert!(!guest().can(Action::Read, [&permission]));
        assert!(!guest().matcher(Action::Read).allows([&permission]));
        assert!(!guest().explain(Action::Read, [&permission]).allowed);
        let mut table = AclTable::new();
        assert!(table.insert([&permission]).is_err());
        assert_eq!(table.insert_lenient([&permission]).map(|(_, bad)| bad.len()), Ok(1));
    })
}

/// Filters JSON that is nested `depth` levels deep, in fields that are read and in ignored fields.
fn nesting(depth: usize) -> Box<dyn FnOnce()> {
    let nested = |field: &str| format!("{{\"{field}\":{}", "[".repeat(depth));
    let users = ["prefs", "labels", "memberships"].map(nested);
    let collections = ["attributes", "$permissions"].map(nested);
    Box::new(move || {
        assert!(users.iter().all(|json| serde_json::from_str::<User>(json).is_err()));
        assert!(collections.iter().all(|json| serde_json::from_str::<Collection>(json).is_err()));
    })
}

/// Does the same as [`nesting`] in responses and streams, which are buffered.
fn nesting_of_documents(depth: usize) -> Box<dyn FnOnce()> {
    let [arrays, objects] = ["[", "{\"a\":"].map(|open| open.repeat(depth));
    let response = format!("{{\"documents\":{arrays}");
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        for nested in [Nested::Keep, Nested::Filter] {
            let filter = Filter::new(&matcher).nested(nested);
            for json in [&response, &arrays, &objects] {
                assert!(filter.apply(json.as_bytes()).is_err());
                assert!(filter.copy(json.as_bytes(), std::io::sink()).is_err());
            }
        }
    })
}

/// Compiles a list in which few permissions are repeated `count` times.
fn repetitions(count: usize) -> Box<dyn FnOnce()> {
    let few = ["update(\"users\")", "read(\"team:t1\")", "write(\"user:a\")", "read(\"any\")"];
    let list: Vec<&str> = few.repeat(count / few.len());
    Box::new(move || {
        assert!(!guest().can(Action::Update, &list));
        assert!(!guest().matcher(Action::Delete).allows(&list));
        let mut table = AclTable::new();
        let id = table.insert(&list).unwrap();
        assert_eq!(table.grants(id).unwrap().len(), few.len());
    })
}

/// Expands `write` and removes repetitions.
fn aggregated(count: usize) -> Box<dyn FnOnce()> {
    let texts: Vec<String> = (0..count).map(|n| format!("write(\"user:u{}\")", n / 2)).collect();
    Box::new(move || {
        let list: Vec<_> = texts.iter().map(|text| Permission::parse(text).unwrap()).collect();
        let each = aggregate(&list, ActionSet::DOCUMENT);
        assert_eq!(each.len(), 2 * texts.len().div_ceil(2));
    })
}

/// Filters lines in which half of the permissions are malformed.
fn lines(count: usize) -> Box<dyn FnOnce()> {
    let line =
        |n| format!("{{\"$permissions\":[\"read(\\\"usr:u{n}\\\")\",\"read(\\\"any\\\")\"]}}\n");
    let lines = (0..count).map(line).collect::<Vec<_>>().concat();
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        let filtered = Filter::new(&matcher).copy(lines.as_bytes(), std::io::sink()).unwrap();
        assert_eq!(
            (filtered.visible(), filtered.malformed_permissions()),
            (count as u64, count as u64)
        );
    })
}

/// Filters a line of `size` bytes, of which 64 arrive at a time.
fn slow_line(size: usize) -> Box<dyn FnOnce()> {
    struct Slow<'a>(&'a [u8]);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let len = buffer.len().min(64);
            self.0.read(&mut buffer[..len])
        }
    }
    let line =
        format!("{{\"$permissions\":[\"read(\\\"any\\\")\"],\"a\":\"{}\"}}\n", "a".repeat(size));
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        let filter = Filter::new(&matcher).max_document_len(usize::MAX);
        for format in [Format::Lines, Format::Detect] {
            let filter = filter.clone().format(format);
            let report = filter.copy(Slow(line.as_bytes()), std::io::sink()).unwrap();
            assert_eq!(report.visible(), 1);
        }
    })
}

/// Filters an object with `count` arrays under keys that are not list keys.
fn other_object(count: usize) -> Box<dyn FnOnce()> {
    let arrays: Vec<String> = (0..count).map(|n| format!("\"k{n:06}\":[{{}}]")).collect();
    let object = format!("{{{}}}", arrays.join(","));
    let pages = format!("[{{\"documents\":[],{}}}]", arrays.join(","));
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        for (input, lists) in [(&object, 4), (&pages, 0)] {
            let error = Filter::new(&matcher).apply(input.as_bytes()).unwrap_err();
            assert_eq!(error.found_lists().len(), lists);
            assert!(Filter::new(&matcher).copy(input.as_bytes(), std::io::sink()).is_err());
        }
    })
}

fn malformed(count: usize) -> Box<dyn FnOnce()> {
    let list: Vec<String> =
        (0..count).map(|number| format!("read(\"usr:u{number:06}\")")).collect();
    Box::new(move || {
        let mut table = AclTable::new();
        assert_eq!(table.insert_lenient(&list).unwrap().1.len(), list.len());
        assert_eq!(guest().explain(Action::Read, &list).malformed.len(), list.len());
    })
}

fn for_users(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("read(\"user:u{number:06}\")")).collect()
}

/// Compiles one list for `count` roles.
fn roles(count: usize) -> Box<dyn FnOnce()> {
    let list = for_users(count);
    Box::new(move || {
        let mut table = AclTable::new();
        let id = table.insert(&list).unwrap();
        assert!(!table.resolve(&guest(), Action::Read).allows(id));
        assert_eq!(table.roles().len(), list.len());
    })
}

/// Tests the same list as raw strings.
fn roles_as_strings(count: usize) -> Box<dyn FnOnce()> {
    let list = for_users(count);
    Box::new(move || {
        assert!(!guest().can(Action::Read, &list));
        assert!(!guest().matcher(Action::Read).allows(&list));
        let collection = Collection::new(&list, rolegate::DocumentSecurity::Enabled);
        assert!(collection.get(&guest(), &list).is_err());
    })
}

/// Compiles `count` lists, each with roles of its own.
fn lists(count: usize) -> Box<dyn FnOnce()> {
    let lists: Vec<[String; 2]> = (0..count)
        .map(|at| [format!("read(\"user:a{at:06}\")"), format!("update(\"team:b{at:06}\")")])
        .collect();
    Box::new(move || insert_and_filter(&lists, 0))
}

/// Compiles `count` lists that name the same role.
fn lists_of_one_role(count: usize) -> Box<dyn FnOnce()> {
    let lists: Vec<[String; 2]> = (0..count)
        .map(|at| {
            ["read(\"any\")".into(), format!("update(\"team:b{:03}/r{}\")", at % 512, at / 512)]
        })
        .collect();
    Box::new(move || insert_and_filter(&lists, lists.len()))
}

fn insert_and_filter(lists: &[[String; 2]], visible: usize) {
    let mut table = AclTable::new();
    let column: AclColumn = lists.iter().map(|list| table.insert(list).unwrap()).collect();
    assert_eq!(table.resolve(&guest(), Action::Read).filter(&column).count(), visible);
}

/// Inserts `count` lists that are refused for their last permission.
fn refused(count: usize) -> Box<dyn FnOnce()> {
    let mut list = for_users(count);
    list.push("nonsense".into());
    Box::new(move || {
        let mut table = AclTable::new();
        for _ in 0..3 {
            assert!(table.insert(&list).is_err());
        }
        assert_eq!(table.roles().len(), 0);
    })
}

/// Creates a principal with `count` roles.
fn principal(count: usize) -> Box<dyn FnOnce()> {
    let roles: Vec<String> = (0..count).map(|number| format!("team:t{number:06}")).collect();
    let list = [format!("read(\"team:t{:06}\")", count / 2)];
    Box::new(move || {
        let principal = Principal::parse_roles(&roles).unwrap();
        let mut table = AclTable::new();
        let id = table.insert(&list).unwrap();
        assert!(table.resolve(&principal, Action::Read).allows(id));
        assert!(principal.matcher(Action::Read).allows(&list));
        assert!(!principal.matcher(Action::Update).allows(&list));
    })
}

/// Reads a user document with `count` labels and memberships.
fn user(count: usize) -> Box<dyn FnOnce()> {
    let all = |item: fn(usize) -> String| (0..count / 2).map(item).collect::<Vec<_>>().join(",");
    let labels = all(|at| format!("\"l{at:06}\""));
    let memberships = all(|at| {
        format!(r#"{{"$id":"m{at:06}","teamId":"t{at:06}","confirm":true,"roles":["owner"]}}"#)
    });
    let json = format!(r#"{{"$id":"a","labels":[{labels}],"memberships":[{memberships}]}}"#);
    Box::new(move || {
        let user: User = serde_json::from_str(&json).unwrap();
        assert!(Principal::user(&user).unwrap().roles().len() > count);
    })
}

fn explain(count: usize) -> Box<dyn FnOnce()> {
    let list = for_users(count);
    Box::new(move || {
        let explanation = guest().explain(Action::Read, &list);
        assert!(!explanation.allowed && explanation.to_string().len() > count);
    })
}

/// Filters a response of `count` documents.
fn documents(count: usize) -> Box<dyn FnOnce()> {
    let document = |at: usize| {
        let role = if at.is_multiple_of(3) { "any".into() } else { format!("user:u{at:06}") };
        format!(r#"{{"$id":"d{at:06}","$permissions":["read(\"{role}\")"],"n":{{"a":[1.5,"x"]}}}}"#)
    };
    let all: Vec<String> = (0..count).map(document).collect();
    let (array, lines) = (format!("[{}]", all.join(",")), all.join("\n"));
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        let filter = Filter::new(&matcher).nested(Nested::Filter);
        for json in [&array, &lines] {
            let (_, outcome) = filter.apply(json.as_bytes()).unwrap();
            assert_eq!(outcome.visible(), count.div_ceil(3) as u64);
        }
    })
}

/// Filters one document that is mostly one string with escapes.
fn long_document(size: usize) -> Box<dyn FnOnce()> {
    let long = "abcdefghijklm\\n ".repeat(size / 16);
    let json = format!(r#"[{{"{long}":"{long}","$permissions":["read(\"any\")","{long}"]}}]"#);
    Box::new(move || {
        let matcher = guest().matcher(Action::Read);
        let (output, outcome) = Filter::new(&matcher).apply(json.as_bytes()).unwrap();
        assert_eq!((black_box(output).len(), outcome.visible()), (json.len(), 1));
    })
}

fn for_user(number: usize) -> [String; 1] {
    [format!("read(\"user:u{number:06}\")")]
}

/// Returns a visibility that shows every document.
fn of_key(index: &DocumentIndex<usize>) -> Visibility {
    index.table().resolve(&Principal::key_with_bypass(), Action::Read)
}

/// Inserts, pages through and removes documents, each with a list of its own.
fn index(count: usize) -> Box<dyn FnOnce()> {
    let lists: Vec<_> = (0..count).map(for_user).collect();
    let roles = (0..count).map(|number| format!("user:u{number:06}"));
    let every_user = Principal::parse_roles(roles).unwrap();
    Box::new(move || {
        let mut index = DocumentIndex::new();
        for (document, list) in lists.iter().enumerate() {
            assert!(index.insert(document, list).is_ok());
        }
        let visible = index.table().resolve(&every_user, Action::Read);
        assert_eq!(index.count(&visible), count);
        assert_eq!(index.before(&visible, None).count(), count);
        assert!((0..count).all(|document| index.remove(&document)));
    })
}

/// Changes the list of one document `count` times.
fn index_changes(count: usize) -> Box<dyn FnOnce()> {
    let lists: Vec<_> = (0..count).map(for_user).collect();
    Box::new(move || {
        let mut index = DocumentIndex::new();
        for list in &lists {
            assert!(index.insert(0, list).is_ok());
        }
        assert_eq!(index.count(&of_key(&index)), 1);
    })
}

/// Inserts `count` documents, and changes one of them `count` times. The full table refuses nearly all changes.
fn index_refused(count: usize) -> Box<dyn FnOnce()> {
    let lists: Vec<_> = (0..count).map(for_user).collect();
    let mut index = DocumentIndex::with_limits(AclLimits { lists: 4, ..AclLimits::default() });
    for document in 0..count {
        index.insert(document, ["read(\"any\")"]).unwrap();
    }
    Box::new(move || {
        let refused = lists.iter().filter(|list| index.insert(0, *list).is_err()).count();
        assert!(refused > count * 9 / 10 && index.len() == count);
    })
}

/// Reads pages of 25 of `count` documents, for principals that see few, half, and all of them.
///
/// Reading takes up to 10 % longer or shorter by where in its chunk a page begins. A count that is a power of two,
/// and one twice as large, begin at the same places.
fn index_page(count: usize) -> Box<dyn FnOnce()> {
    let mut index = DocumentIndex::new();
    for document in 0..count {
        let list = match document {
            _ if document >= count - 50 => for_user(document - (count - 50)),
            _ if document >= count / 2 => ["read(\"users\")".into()],
            _ => ["read(\"team:t\")".into()],
        };
        index.insert(document, list).unwrap();
    }
    // The index is not freed, because that would take time in proportion to its size.
    let index = Box::leak(Box::new(index));
    let resolve = |roles: Vec<String>| {
        index.table().resolve(&Principal::parse_roles(roles).unwrap(), Action::Read)
    };
    let few = resolve((0..50).map(|number| format!("user:u{number:06}")).collect());
    let (half, all) = (resolve(vec!["users".into()]), of_key(index));
    Box::new(move || {
        for visible in [few, half, all] {
            for from in [None, Some(&7)] {
                assert_eq!(index.after(&visible, from).take(25).count(), 25);
            }
        }
    })
}
