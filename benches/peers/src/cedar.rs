//! cedar-policy 4.14.
//!
//! Follows "Use attributes or templates to represent relationships" in the best practices of the
//! Cedar manual: who may read a document is kept with the document, so it is an attribute
//! (a set of roles) and one policy covers every document. The other way, a policy linked from a
//! template for each permission, would have every decision look at thousands of policies.
//! The caller's roles are its parents, as "membership" in the design patterns has it.
//!
//! Prepared: the policy set, all entities with the hierarchy's closure, one request a document.
//! Timed: `Authorizer::is_authorized` for each document, which is the stable way to ask about many.
//! `query_resource` of the experimental feature `tpe` does a partial evaluation and then asks this
//! for each candidate as well.

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

/// Policies and entities in memory, a request for each document.
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
