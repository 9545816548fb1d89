//! gatehouse 0.6.
//!
//! The code follows the README of gatehouse. It has a typed domain, and a predicate of `PolicyBuilder` for
//! rules over data in memory. Inputs are bound once for a request, and `try_filter` is for loaded lists.
//! `RbacPolicy` has the same meaning, but builds both lists of roles again for each document.
//!
//! Prepared: the checker, the documents, the roles of the caller in a set.
//! Timed: a new session, as for each request, and `try_filter` over all documents.

use std::collections::HashSet;

use gatehouse::{EvaluationSession, PermissionChecker, PolicyBuilder, PolicyDomain};
use tokio::runtime::{Builder, Runtime};

use crate::Engine;
use crate::data::Data;

struct Documents;
struct Read;

struct User {
    roles: HashSet<String>,
}

struct Document {
    position: usize,
    readers: Vec<String>,
}

impl PolicyDomain for Documents {
    type Subject = User;
    type Action = Read;
    type Resource = Document;
    type Context = ();
}

/// A checker with one policy, the documents and the caller.
pub struct Gatehouse {
    runtime: Runtime,
    checker: PermissionChecker<Documents>,
    user: User,
    documents: Vec<Document>,
}

impl Gatehouse {
    /// Builds the checker.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let reader = PolicyBuilder::<Documents>::new("Reader")
            .when(|user, Read, document, ()| {
                document.readers.iter().any(|role| user.roles.contains(role))
            })
            .build();
        let mut checker = PermissionChecker::new();
        checker.add_policy(reader);
        let documents = data.documents.iter().enumerate();
        let documents = documents
            .map(|(position, document)| Document { position, readers: document.readers.clone() })
            .collect();
        let runtime = Builder::new_current_thread().build();
        Self {
            runtime: runtime.expect("a runtime without drivers can be made"),
            checker,
            user: User { roles: data.caller.roles.iter().cloned().collect() },
            documents,
        }
    }
}

impl Engine for Gatehouse {
    fn visible(&mut self) -> Vec<usize> {
        let session = EvaluationSession::empty();
        let bound = self.checker.bind(&session, &self.user, &Read, &());
        let granted = self.runtime.block_on(bound.try_filter(&self.documents));
        let granted = granted.unwrap_or_else(|_| panic!("no facts that could fail to load"));
        granted.into_iter().map(|document| document.position).collect()
    }
}
