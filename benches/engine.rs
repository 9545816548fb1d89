//! Parsing, compiling, resolving, pages of raw strings, and all steps together.

#![allow(missing_docs, reason = "criterion's macros make public functions without any")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot start should say so and stop"
)]

mod bounds;
mod data;

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use rolegate::{AclColumn, AclId, AclTable, Action, Permission, Principal, Role};

use data::{List, recogniser};

const MILLION: usize = 1_000_000;

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let valid: Vec<String> = data::lists(300).into_iter().flatten().collect();
    let invalid = data::malformed();
    for text in valid.iter().chain(&data::permissions_of_each_kind()) {
        let permission = Permission::parse(text).expect("a permission");
        let parts = recogniser::recognise(text).expect("a permission");
        assert_eq!(parts.actions(), permission.actions(), "{text}");
        assert_eq!(parts.role(text), permission.role().as_str(), "{text}");
        assert_eq!(parts.kind(text), permission.role().kind(), "{text}");
    }
    for text in &invalid {
        assert!(Permission::parse(text).is_err(), "{text}");
        assert!(recogniser::recognise(text).is_none(), "{text}");
    }
    for (name, texts) in [("valid", &valid), ("invalid", &invalid)] {
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for text in texts {
                    let _ = black_box(Permission::parse(black_box(text)));
                }
            });
        });
    }
    group.throughput(Throughput::Elements(valid.len() as u64));
    group.bench_function("recogniser", |bencher| {
        bencher.iter(|| {
            for text in &valid {
                black_box(recogniser::recognise(black_box(text)));
            }
        });
    });
    group.finish();
}

fn compile_all(lists: &[List]) -> (AclTable, AclColumn) {
    let mut table = AclTable::new();
    let column = lists.iter().map(|list| table.insert(list)).collect::<Result<_, _>>();
    (table, column.expect("well-formed lists"))
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10).throughput(Throughput::Elements(MILLION as u64));

    let documents = data::documents(MILLION, 1000);
    let (table, column) = compile_all(&documents);
    assert_eq!((table.len(), column.len()), (1000, MILLION));
    let (numbers, distinct) = bounds::repeated(&documents);
    assert_eq!((distinct, numbers.len()), (1000, MILLION));
    assert_same_lists(&numbers, &column);
    group.bench_function("repeated", |bencher| {
        bencher.iter(|| compile_all(black_box(&documents)));
    });
    bench_parallel(&mut group, "repeated-parallel", &documents);
    group.bench_function("repeated-bound", |bencher| {
        bencher.iter(|| bounds::repeated(black_box(&documents)));
    });

    let documents = data::lists(MILLION);
    let (table, column) = compile_all(&documents);
    assert_eq!((table.len(), column.len()), (MILLION, MILLION));
    assert_copied(&bounds::distinct(&documents), &documents);
    group.bench_function("distinct", |bencher| {
        bencher.iter(|| compile_all(black_box(&documents)));
    });
    bench_parallel(&mut group, "distinct-parallel", &documents);
    group.bench_function("distinct-bound", |bencher| {
        bencher.iter(|| bounds::distinct(black_box(&documents)));
    });
    group.finish();
}

/// Returns the lists that grant `action` to a role, by role.
fn lists_by_hand(table: &AclTable, action: Action) -> HashMap<String, Vec<AclId>> {
    let lists = |role: &Role<'_>| {
        let mut lists: Vec<AclId> = table.lists_granting(action, role).collect();
        lists.sort_unstable();
        lists
    };
    table.roles().map(|role| (role.to_string(), lists(&role))).collect()
}

/// Returns the lists of some roles, each once. This is the usual code without this library. The lists of a role
/// ascend already, and the stable sort merges ascending parts.
fn resolve_by_hand(lists: &HashMap<String, Vec<AclId>>, principal: &Principal) -> Vec<AclId> {
    let of_role = |role: &Role<'_>| lists.get(role.as_str()).into_iter().flatten();
    let mut visible: Vec<AclId> = principal.roles().iter().flat_map(of_role).copied().collect();
    visible.sort();
    visible.dedup();
    visible
}

/// Measures [`AclTable::par_insert_all`] on all cores.
#[cfg(feature = "rayon")]
fn bench_parallel(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, lists: &[List]) {
    let compile = || {
        let mut table = AclTable::new();
        let column = table.par_insert_all(black_box(lists)).expect("well-formed lists");
        (table, column)
    };
    let ((table, column), (one_by_one, ids)) = (compile(), compile_all(lists));
    assert_eq!(table.len(), one_by_one.len());
    let numbers =
        |column: &AclColumn| -> Vec<String> { column.iter().map(|id| format!("{id:?}")).collect() };
    assert_eq!(numbers(&column), numbers(&ids));
    group.bench_function(name, |bencher| bencher.iter(compile));
}

#[cfg(not(feature = "rayon"))]
fn bench_parallel(_: &mut BenchmarkGroup<'_, WallTime>, _: &str, _: &[List]) {}

/// Asserts that documents with the same number have the same list. There must be as many numbers as lists.
fn assert_same_lists(numbers: &[u32], column: &AclColumn) {
    let mut lists = HashMap::new();
    for (number, id) in numbers.iter().zip(column.iter()) {
        assert_eq!(*lists.entry(number).or_insert(id), id, "number {number}");
    }
    let distinct: HashSet<_> = lists.values().copied().collect();
    assert_eq!(lists.len(), distinct.len());
}

/// Asserts that the roles are those of all permissions, in order, and that equal roles have equal hashes.
fn assert_copied(roles: &bounds::Roles, lists: &[List]) {
    assert_eq!(roles.lists.len(), lists.len());
    assert_eq!(roles.hashes.len(), roles.ends.len());
    let (mut permission, mut start) = (0, 0);
    let mut hashes = HashMap::new();
    for (list, &last) in lists.iter().zip(&roles.lists) {
        for text in list {
            let end = roles.ends[permission] as usize;
            let role = roles.text.get(start..end).expect("whole characters");
            assert_eq!(role, Permission::parse(text).expect("a permission").role().as_str());
            let hash = roles.hashes[permission];
            assert_eq!(*hashes.entry(role).or_insert(hash), hash, "{role}");
            (permission, start) = (permission + 1, end);
        }
        assert_eq!(permission, last as usize);
    }
    assert_eq!((permission, start), (roles.ends.len(), roles.text.len()));
}

fn resolve(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resolve");
    let (table, owners) = data::living_table(MILLION);
    assert_eq!(table.len(), MILLION);
    let by_hand = lists_by_hand(&table, Action::Update);
    for roles in [1, 12, 200, 10_000] {
        let principal = data::principal(roles, &owners);
        assert_eq!(principal.roles().len(), roles);
        let expected = resolve_by_hand(&by_hand, &principal);
        let visibility = table.resolve(&principal, Action::Update);
        let lists: Vec<AclId> = visibility.lists().expect("a principal without bypass").collect();
        assert!(lists == expected, "{roles} roles");
        let visible = lists.len();
        println!("resolve/{roles}: {visible} lists are visible");
        group.bench_function(BenchmarkId::from_parameter(roles), |bencher| {
            bencher.iter(|| table.resolve(black_box(&principal), Action::Update));
        });
        group.bench_function(BenchmarkId::new("by-hand", roles), |bencher| {
            bencher.iter(|| resolve_by_hand(black_box(&by_hand), black_box(&principal)));
        });
    }
    group.finish();
}

/// Returns `true` if a list grants read to one of the roles. This is the usual code without this library.
fn by_hand(roles: &HashSet<String>, list: &List) -> bool {
    list.iter().any(|permission| {
        permission
            .strip_prefix("read(\"")
            .and_then(|rest| rest.strip_suffix("\")"))
            .is_some_and(|role| roles.contains(role))
    })
}

fn roles_by_hand(principal: &Principal) -> HashSet<String> {
    principal.roles().iter().map(Role::to_string).collect()
}

fn page(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("page");
    let user = data::user();
    let principal = Principal::user(&user).expect("an active user");
    assert_eq!(principal.roles().len(), 12);
    for documents in [25, 100, 1000] {
        let page = data::lists(documents);
        let matcher = principal.matcher(Action::Read);
        let roles = roles_by_hand(&principal);
        let expected = page.iter().filter(|list| by_hand(&roles, list)).count();
        assert!(expected > 0 && expected < documents);
        assert_eq!(matcher.filter(&page, |list| list).count(), expected);

        group.throughput(Throughput::Elements(documents as u64));
        group.bench_function(BenchmarkId::new("rolegate", documents), |bencher| {
            bencher.iter(|| matcher.filter(black_box(&page), |list| list).count());
        });
        group.bench_function(BenchmarkId::new("rolegate-cold", documents), |bencher| {
            bencher.iter(|| {
                let principal = Principal::user(black_box(&user)).expect("an active user");
                principal.matcher(Action::Read).filter(black_box(&page), |list| list).count()
            });
        });
        group.bench_function(BenchmarkId::new("hashset", documents), |bencher| {
            bencher.iter(|| black_box(&page).iter().filter(|list| by_hand(&roles, list)).count());
        });
        group.bench_function(BenchmarkId::new("hashset-cold", documents), |bencher| {
            bencher.iter(|| {
                let principal = Principal::user(black_box(&user)).expect("an active user");
                let roles = roles_by_hand(&principal);
                black_box(&page).iter().filter(|list| by_hand(&roles, list)).count()
            });
        });
    }
    group.finish();
}

/// Measures all steps from raw strings to a selection, for the first and for the second principal.
fn whole(criterion: &mut Criterion) {
    for distinct in [1000, 50_000] {
        let mut group = criterion.benchmark_group(format!("whole/1M/{distinct}"));
        group.sample_size(10).throughput(Throughput::Elements(MILLION as u64));
        let documents = data::documents(MILLION, distinct);
        let principal = Principal::user(&data::user()).expect("an active user");
        let roles = roles_by_hand(&principal);
        let expected = documents.iter().filter(|list| by_hand(&roles, list)).count();

        let (table, column) = compile_all(&documents);
        assert_eq!(table.resolve(&principal, Action::Read).filter(&column).count(), expected);
        group.bench_function("first", |bencher| {
            bencher.iter_batched(
                || (),
                |()| {
                    let (table, column) = compile_all(black_box(&documents));
                    table.resolve(&principal, Action::Read).filter(&column).count()
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function("second", |bencher| {
            bencher.iter(|| {
                table.resolve(black_box(&principal), Action::Read).filter(&column).count()
            });
        });
        group.bench_function("hashset", |bencher| {
            bencher
                .iter(|| black_box(&documents).iter().filter(|list| by_hand(&roles, list)).count());
        });
        group.finish();
    }
}

criterion_group!(benches, parse, compile, resolve, page, whole);
criterion_main!(benches);
