//! What tables and columns weigh: [`Memory`].

use rolegate::{AclColumn, AclTable};

/// Distinct lists in a table.
const LISTS: usize = 1_000_000;
/// Roles that the lists name: each is named by some thirty lists.
const ROLES: usize = 100_000;

/// Bytes, after giving back what is reserved for growth. What the allocator adds is not counted.
pub struct Memory {
    /// A distinct list of three permissions for three roles.
    pub three_roles: f64,
    /// A distinct list with `read` for one role, `update` and `delete` for another.
    pub two_roles: f64,
    /// A role, beside its text.
    pub role: f64,
    /// A document in a column of more than 65,536 lists.
    pub document: f64,
}

impl Memory {
    /// Builds the tables and weighs them.
    pub fn measure() -> Self {
        let mut roles = AclTable::new();
        // One list that names every role: what it weighs without the list's four bytes a grant and
        // four for its end is what roles weigh, each with its text and the entry for its lists.
        insert(&mut roles, (0..ROLES).map(|role| format!("read(\"{}\")", name(role))));
        roles.shrink_to_fit();
        let text: usize = roles.roles().map(|role| role.as_str().len()).sum();
        let of_roles = roles.memory() - ROLES * 4 - 4;

        let (three, column) = table([0, 1, 2]);
        let (two, _) = table([0, 1, 1]);
        let list = |table: &AclTable| of(table.memory() - of_roles) / of(LISTS);
        Self {
            three_roles: list(&three),
            two_roles: list(&two),
            role: of(of_roles - text) / of(ROLES),
            document: of(column.memory()) / of(column.len()),
        }
    }
}

/// A table of distinct lists that name [`ROLES`] roles equally often, permission by permission as
/// many places after the first as `offsets` say, and a column of a document for each.
fn table(offsets: [usize; 3]) -> (AclTable, AclColumn) {
    let mut table = AclTable::new();
    let mut column: AclColumn = (0..LISTS)
        .map(|list| {
            // Ten rounds over the roles, in each of them with another distance between a list's.
            let (first, step) = (list % ROLES, list / ROLES * 7 + 1);
            let permissions = ["read", "update", "delete"].into_iter().zip(offsets);
            let permissions = permissions.map(|(action, offset)| {
                format!("{action}(\"{}\")", name((first + offset * step) % ROLES))
            });
            insert(&mut table, permissions)
        })
        .collect();
    assert_eq!((table.len(), table.roles().len()), (LISTS, ROLES));
    table.shrink_to_fit();
    column.shrink_to_fit();
    (table, column)
}

fn insert(table: &mut AclTable, permissions: impl IntoIterator<Item = String>) -> rolegate::AclId {
    table.insert(permissions).expect("a well-formed list")
}

fn name(role: usize) -> String {
    format!("user:{role:020x}")
}

#[expect(clippy::cast_precision_loss, reason = "below 2^52")]
fn of(bytes: usize) -> f64 {
    bytes as f64
}
