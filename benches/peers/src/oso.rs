//! oso 0.27.
//!
//! The code follows "Write your first policy" and the Rust reference of the open source library: classes
//! registered with `PolarClass`, one `allow` rule over the data of the application, and `is_allowed` for each
//! document. The Rust library has no data filtering, unlike the libraries for other languages. A method that
//! looks up the user's set of roles is faster than comparing two lists in Polar.
//!
//! Prepared: the policy, the classes, the user and the documents as Polar values. Passing a value then only
//! changes a reference count.
//! Timed: `Oso::is_allowed` for each document.

use std::collections::HashSet;

use oso::{Class, PolarValue};

use crate::Engine;
use crate::data::Data;

const POLICY: &str = r#"
    allow(user: User, "read", document: Document) if
        role in document.readers and
        user.has_role(role);
"#;

struct User {
    roles: HashSet<String>,
}

struct Document {
    readers: Vec<String>,
}

/// The knowledge base, the caller and the documents.
pub struct Oso {
    base: oso::Oso,
    user: PolarValue,
    documents: Vec<PolarValue>,
}

impl Oso {
    /// Loads the policy and registers the classes.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let mut base = oso::Oso::new();
        let user = Class::builder::<User>()
            .name("User")
            .add_method("has_role", |user: &User, role: String| user.roles.contains(&role))
            .build();
        let document = Class::builder::<Document>()
            .name("Document")
            .add_attribute_getter("readers", |document: &Document| document.readers.clone())
            .build();
        base.register_class(user).expect("registered once");
        base.register_class(document).expect("registered once");
        base.load_str(POLICY).expect("the policy is Polar");
        let roles = data.caller.roles.iter().cloned().collect();
        let documents = data.documents.iter();
        let documents = documents
            .map(|document| Document { readers: document.readers.clone() })
            .map(PolarValue::new_from_instance)
            .collect();
        Self { base, user: PolarValue::new_from_instance(User { roles }), documents }
    }
}

impl Engine for Oso {
    fn visible(&mut self) -> Vec<usize> {
        let documents = self.documents.iter().enumerate();
        let allowed = documents.filter(|(_, document)| {
            let allowed = self.base.is_allowed(self.user.clone(), "read", (*document).clone());
            allowed.expect("the policy does not fail")
        });
        allowed.map(|(position, _)| position).collect()
    }
}
