//! The collection that the arguments name.

use rolegate::{AccessDenied, AccessDeniedKind, Collection, Matcher, Principal};

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
            Some(collection) => collection.matcher(principal, self.action).map_err(denied),
        }
    }
}

/// Adds the cause to the message. A server would not tell the cause to a client.
fn denied(error: AccessDenied) -> Failure {
    let cause = match error.kind() {
        AccessDeniedKind::CollectionClosed => "the collection is not enabled",
        _ => "the collection does not grant it, and its document security is disabled",
    };
    Failure::Denied(format!("{error}; {cause}"))
}
