//! The memory of tables and columns after `shrink_to_fit`, without the overhead of the allocator.

use rolegate::{AclColumn, AclTable};

use crate::figures::Figures;

/// Distinct lists in a table.
const LISTS: usize = 1_000_000;
/// Roles that the lists name. About thirty lists name each role.
const ROLES: usize = 100_000;

/// Builds tables and adds the bytes of their parts to the figures.
#[expect(clippy::cast_precision_loss, reason = "sizes are below 2^52")]
pub fn measure(figures: &mut Figures) {
    // One list names every role. Its four bytes a grant and four for its end are no part of the roles.
    let mut roles = AclTable::new();
    roles.insert((0..ROLES).map(|role| permission("read", role))).expect("a well-formed list");
    roles.shrink_to_fit();
    let of_roles = roles.memory() - ROLES * 4 - 4;
    let text: usize = roles.roles().map(|role| role.as_str().len()).sum();
    // The offsets choose the roles of `read`, `update` and `delete`.
    let (three, column) = table([0, 1, 2]);
    let (two, _) = table([0, 1, 1]);
    for (name, bytes, elements) in [
        ("memory/role", of_roles - text, ROLES),
        ("memory/three-roles", three.memory() - of_roles, LISTS),
        ("memory/two-roles", two.memory() - of_roles, LISTS),
        ("memory/document", column.memory(), LISTS),
    ] {
        figures.insert(name, bytes as f64, elements as f64);
    }
}

/// Returns distinct lists that name every role equally often, and a column of one document for each list.
fn table(offsets: [usize; 3]) -> (AclTable, AclColumn) {
    let mut table = AclTable::new();
    let insert = |list| {
        // The lists pass over the roles ten times, each time with another distance between the roles of a list.
        let (first, step) = (list % ROLES, list / ROLES * 7 + 1);
        let actions = ["read", "update", "delete"].into_iter().zip(offsets);
        table.insert(
            actions.map(|(action, offset)| permission(action, (first + offset * step) % ROLES)),
        )
    };
    let mut column: AclColumn =
        (0..LISTS).map(insert).collect::<Result<_, _>>().expect("well-formed lists");
    assert_eq!((table.len(), table.roles().len()), (LISTS, ROLES));
    table.shrink_to_fit();
    column.shrink_to_fit();
    (table, column)
}

fn permission(action: &str, role: usize) -> String {
    format!("{action}(\"user:{role:020x}\")")
}
