//! The collection that the arguments name.

use rolegate::query::Plan;
use rolegate::{AccessDenied, AccessDeniedKind, Collection, DocumentSecurity, Matcher, Principal};

use crate::args::ActionArgs;
use crate::failure::{Failure, tell};
use crate::object::{COLLECTION, read_object};

impl ActionArgs {
    /// Reads the collection, if the arguments name one, and prints its malformed permissions.
    pub(crate) fn collection(&self) -> Result<Option<Collection>, Failure> {
        let Some(path) = &self.collection else { return Ok(None) };
        let collection: Collection = read_object(path, &COLLECTION)?;
        for malformed in collection.malformed() {
            tell(format_args!("{}: {malformed}; it grants nothing", path.display()));
        }
        Ok(Some(collection))
    }

    /// Creates the matcher that tests the documents.
    pub(crate) fn matcher(&self, principal: &Principal) -> Result<Matcher, Failure> {
        match self.collection()? {
            None => Ok(principal.matcher(self.action)),
            Some(collection) => collection
                .matcher(principal, self.action)
                .map_err(|error| denied(error, collection.document_security())),
        }
    }

    /// Returns the documents that the action is allowed on.
    pub(crate) fn plan<'p>(&self, principal: &'p Principal) -> Result<Plan<'p>, Failure> {
        match self.collection()? {
            None => Ok(principal.plan(self.action)),
            Some(collection) => collection
                .plan(principal, self.action)
                .map_err(|error| denied(error, collection.document_security())),
        }
    }
}

/// Adds the cause to the message. A server would not tell the cause to a client.
fn denied(error: AccessDenied, document_security: DocumentSecurity) -> Failure {
    let cause = match (error.kind(), document_security) {
        (AccessDeniedKind::CollectionClosed, _) => "the collection is not enabled",
        (_, DocumentSecurity::Enabled) => {
            "the collection does not grant it, and permissions of documents never grant create"
        }
        (_, DocumentSecurity::Disabled) => {
            "the collection does not grant it, and its document security is disabled"
        }
    };
    Failure::Denied(format!("{error}; {cause}"))
}
