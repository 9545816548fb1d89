//! The decision on all documents of a database at once: [`Plan`].
//!
//! This file also defines `Collection::plan` and `Principal::plan`.

use smallvec::SmallVec;

use crate::evaluate::{AccessDenied, Collection, Listing};
use crate::permission::{Action, ActionSet, CLOSING, Role, Verb};
use crate::principal::Principal;

/// The documents that an action is allowed on: all, none, or those that match a [`Filter`].
///
/// A plan comes from [`Collection::plan`], or from [`Principal::plan`] where no collection decides. It borrows the
/// roles of the principal. Creating a plan copies nothing.
///
/// ```
/// use rolegate::query::Plan;
/// use rolegate::{Action, Collection, DocumentSecurity, Principal};
///
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
/// let public = Collection::new([r#"read("any")"#], DocumentSecurity::Enabled);
/// assert_eq!(public.plan(&ann, Action::Read)?, Plan::Everything);
///
/// let private = Collection::without_permissions(DocumentSecurity::Enabled);
/// let Plan::Matching(filter) = private.plan(&ann, Action::Read)? else { unreachable!() };
/// assert_eq!(
///     filter.permissions().collect::<Vec<_>>(),
///     [r#"read("any")"#, r#"read("user:ann")"#, r#"read("users")"#]
/// );
///
/// let closed = Collection::default();
/// assert!(closed.plan(&ann, Action::Read).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "a plan decides only if the host's query contains it"]
pub enum Plan<'p> {
    /// Every document.
    Everything,
    /// No document. The principal has no role.
    Nothing,
    /// The documents that match the filter.
    Matching(Filter<'p>),
}

/// A condition on the permissions of a document: one of them names the action and one of the roles.
///
/// A filter always has at least one role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Filter<'p> {
    roles: &'p [Role<'static>],
    action: Action,
}

impl<'p> Filter<'p> {
    /// Returns the action.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the roles, sorted and without repetitions. There is at least one.
    #[must_use]
    pub fn roles(&self) -> &'p [Role<'static>] {
        self.roles
    }

    /// Returns the permissions that grant the action to one of the roles.
    ///
    /// For create, update and delete, each role gives two permissions: one with the action, and one with
    /// `write`. A document matches if its list has one of the permissions, byte for byte.
    pub fn permissions(&self) -> impl Iterator<Item = String> + use<'p> {
        let verbs = self.verbs();
        self.roles.iter().flat_map(move |role| {
            let verbs = verbs.clone().into_iter();
            verbs.map(move |verb| [verb.opening(), role.as_str(), CLOSING].concat())
        })
    }

    /// Returns the verbs that stand for the action.
    pub(super) fn verbs(&self) -> SmallVec<[Verb; 2]> {
        let stands = |verb: &Verb| ActionSet::from(*verb).contains(self.action);
        Verb::ALL.into_iter().filter(stands).collect()
    }
}

impl Principal {
    /// Returns the documents whose own permissions allow an action to the principal.
    ///
    /// Takes constant time. For documents of a collection, use [`Collection::plan`], which also reads the
    /// permissions of the collection.
    pub fn plan(&self, action: Action) -> Plan<'_> {
        match self.roles() {
            _ if self.bypasses_permissions() => Plan::Everything,
            [] => Plan::Nothing,
            roles => Plan::Matching(Filter { roles, action }),
        }
    }
}

impl Collection {
    /// Returns the documents of this collection that an action is allowed on.
    ///
    /// If the collection grants the action, the plan is [`Plan::Everything`]. Otherwise, it is
    /// [`Principal::plan`]. Takes time in proportion to the permissions of the collection.
    ///
    /// # Errors
    ///
    /// The same as for [`list`](Self::list), for any action. Permissions of documents never grant
    /// create.
    pub fn plan<'p>(
        &self,
        principal: &'p Principal,
        action: Action,
    ) -> Result<Plan<'p>, AccessDenied> {
        Ok(match self.listing(principal, action)? {
            Listing::EveryDocument => Plan::Everything,
            Listing::FilterByDocument => principal.plan(action),
        })
    }
}
