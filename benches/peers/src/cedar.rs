//! cedar-policy 4.14.
//!
//! The code follows "Use attributes or templates to represent relationships" in the best practices of the
//! Cedar manual. The readers of a document are an attribute of the document (a set of roles), and one policy
//! covers every document. With one policy from a template for each permission, each decision would read
//! thousands of policies. The roles of the caller are its parents, as in the design pattern "membership".
//!
//! Prepared: the policy set, all entities with the closure of the hierarchy, one request for each document.
//! Timed: `Authorizer::is_authorized` for each document, which is the stable interface for many documents.
//! `query_resource` of the experimental feature `tpe` evaluates partially, and then calls
//! `is_authorized` for each candidate too.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};

use crate::Engine;
use crate::data::Data;

const POLICY: &str = r#"
    permit (principal is User, action == Action::"read", resource is Document)
    when { principal in resource.readers };
"#;

/// Policies and entities in memory, and a request for each document.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().expect("an entity type's name");
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

impl Cedar {
    /// Parses the policy and builds the entities and requests.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let user = uid("User", &data.caller.id);
        let roles: HashSet<_> = data.caller.roles.iter().map(|role| uid("Role", role)).collect();
        let every_role = data.documents.iter().flat_map(|document| &document.readers);
        let every_role: HashSet<_> =
            every_role.map(|role| uid("Role", role)).chain(roles.iter().cloned()).collect();
        let mut entities = vec![Entity::new_no_attrs(user.clone(), roles)];
        entities
            .extend(every_role.into_iter().map(|role| Entity::new_no_attrs(role, HashSet::new())));
        let mut requests = Vec::new();
        for document in &data.documents {
            let readers = document.readers.iter().map(|role| uid("Role", role));
            let readers =
                RestrictedExpression::new_set(readers.map(RestrictedExpression::new_entity_uid));
            let attributes = HashMap::from([("readers".to_string(), readers)]);
            let resource = uid("Document", &document.id);
            let entity = Entity::new(resource.clone(), attributes, HashSet::new());
            entities.push(entity.expect("plain attributes"));
            let read = uid("Action", "read");
            let request = Request::new(user.clone(), read, resource, Context::empty(), None);
            requests.push(request.expect("no schema to violate"));
        }
        Self {
            authorizer: Authorizer::new(),
            policies: POLICY.parse().expect("the policy is Cedar"),
            entities: Entities::from_entities(entities, None).expect("no entity twice"),
            requests,
        }
    }
}

impl Engine for Cedar {
    fn visible(&mut self) -> Vec<usize> {
        let requests = self.requests.iter().enumerate();
        let allowed = requests.filter(|(_, request)| {
            let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
            response.decision() == Decision::Allow
        });
        allowed.map(|(position, _)| position).collect()
    }
}
