//! The part of a table that is saved: the texts of the roles, and the grants of the lists.
//!
//! The lists are a sequence of numbers: for each list, the number of its grants and then the grants. The
//! hash tables and the posting lists are built again, so they cannot contradict the lists.
//!
//! A table only grows, and roles are numbered in the order of their first use. The first lists therefore
//! name the first roles, and this part stays the same while lists are inserted.

use std::ops::Range;

use super::AclTable;
use super::compile::Scratch;
use crate::acl::error::TableFull;
use crate::acl::grant::GrantBits;
use crate::acl::limits::AclLimits;
use crate::packed::to_u32;
use crate::permission::{ActionSet, Role};

impl AclTable {
    /// Returns the number of roles up to the last one that the lists in a range name.
    pub(crate) fn roles_up_to(&self, lists: Range<u32>) -> u32 {
        let last = |list| self.grants_of(list)?.last();
        lists.filter_map(last).map(|grant| grant.role() + 1).max().unwrap_or(0)
    }

    /// Appends the length of the text of a role, and the text.
    pub(crate) fn encode_role(&self, role: u32, out: &mut Vec<u8>) {
        let text = self.roles.text(role);
        // The longest role has 123 bytes.
        out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        out.extend(text.as_bytes());
    }

    /// Appends the number of grants of a list, and the grants.
    pub(crate) fn encode_list(&self, list: u32, out: &mut Vec<u8>) {
        let grants = self.grants_of(list).unwrap_or_default();
        out.extend(to_u32(grants.len()).to_le_bytes());
        out.extend(grants.iter().flat_map(|grant| grant.bits().to_le_bytes()));
    }
}

/// The reason why a saved table is refused.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum SavedTableError {
    Corrupt(&'static str),
    Full(TableFull),
}

impl From<TableFull> for SavedTableError {
    fn from(full: TableFull) -> Self {
        Self::Full(full)
    }
}

/// A table that is being loaded. Each role and each number of the lists is checked.
pub(crate) struct TableLoader {
    table: AclTable,
    /// The number of roles that the lists so far name.
    named: u32,
    /// The grants of the present list so far.
    grants: Scratch,
    /// The number of grants that the present list lacks, or `None` between two lists.
    missing: Option<u32>,
}

impl TableLoader {
    pub(crate) fn new(limits: AclLimits) -> Self {
        let table = AclTable::with_limits(limits);
        Self { table, named: 0, grants: Scratch::new(), missing: None }
    }

    /// Returns the number of complete lists.
    pub(crate) fn lists(&self) -> u32 {
        to_u32(self.table.len())
    }

    /// Returns the number of roles.
    pub(crate) fn roles(&self) -> u32 {
        to_u32(self.table.roles.len())
    }

    /// Returns `true` if the present list lacks a grant.
    pub(crate) fn is_within_list(&self) -> bool {
        self.missing.is_some()
    }

    /// Adds the next role. All roles are added before the first list.
    pub(crate) fn push_role(&mut self, text: &[u8]) -> Result<(), SavedTableError> {
        let role = std::str::from_utf8(text).ok().and_then(|text| Role::parse(text).ok());
        let role = role.ok_or(SavedTableError::Corrupt("a role is malformed"))?;
        let hash = self.table.roles.hash(role.as_str());
        let known = self.table.roles.find(hash, role.as_str());
        holds(known.is_none(), "a role is repeated")?;
        self.table.intern_role(hash, &role)?;
        Ok(())
    }

    /// Adds the next number of the lists: the number of grants of a list, or a grant.
    pub(crate) fn push_number(&mut self, number: u32) -> Result<(), SavedTableError> {
        let missing = if let Some(missing) = self.missing {
            self.push_grant(number)?;
            missing - 1
        } else {
            holds(number <= self.roles(), "a list has more grants than there are roles")?;
            number
        };
        self.missing = Some(missing);
        if missing == 0 { self.finish_list() } else { Ok(()) }
    }

    /// Returns the table. Each of its roles must be named by a list.
    pub(crate) fn finish(self) -> Result<AclTable, SavedTableError> {
        holds(self.named == self.roles(), "a role is named by no list")?;
        Ok(self.table)
    }

    /// Adds a grant to the present list. Grants are sorted by role, and roles are numbered in the order of
    /// their first use.
    fn push_grant(&mut self, bits: u32) -> Result<(), SavedTableError> {
        let grant = GrantBits::new(bits >> 4, ActionSet::from_bits_truncated((bits & 0xf) as u8));
        holds(!grant.actions().is_empty(), "a grant has no action")?;
        holds(grant.role() < self.roles(), "a grant is for an unknown role")?;
        let ascends = self.grants.last().is_none_or(|last| last.role() < grant.role());
        holds(ascends, "the grants of a list are out of order")?;
        holds(grant.role() <= self.named, "the roles are out of order")?;
        self.named = self.named.max(grant.role() + 1);
        self.grants.push(grant);
        Ok(())
    }

    fn finish_list(&mut self) -> Result<(), SavedTableError> {
        let list = self.lists();
        holds(self.table.intern_list(&self.grants)? == list, "a list is repeated")?;
        self.grants.clear();
        self.missing = None;
        Ok(())
    }
}

/// Returns an error that says what is wrong, unless `condition` is true.
fn holds(condition: bool, violation: &'static str) -> Result<(), SavedTableError> {
    if condition { Ok(()) } else { Err(SavedTableError::Corrupt(violation)) }
}
