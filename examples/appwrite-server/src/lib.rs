//! A server that Appwrite's own SDKs talk to, and that leaves every decision to rolegate.
//!
//! Data lives in SQLite ([`store`]); permission lists are compiled at start and kept current ([`index`]);
//! a request becomes an identity ([`call`]) before anything else is looked at.

pub mod account;
pub mod call;
pub mod documents;
pub mod failure;
pub mod graphql;
pub mod index;
pub mod query;
pub mod store;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use rolegate::{Authenticator, BuiltInScopes, Scopes, Secret, Tokens};

use call::{Answer, Call};
use documents::Place;
use failure::Failure;
use store::Store;

/// The one project there is.
pub const PROJECT: &str = "birthdays";

/// The cookie of its sessions: `a_session_` and the project.
const COOKIE: &str = "a_session_birthdays";

/// Now, in SQL, as Appwrite writes it.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')";

/// Everything that a request needs.
pub struct Server {
    store: Store,
    authenticator: Authenticator,
    graphql: graphql::Api,
}

impl Server {
    /// Opens a database, a new one with a seed, for tokens with a secret.
    pub fn open(file: Option<&Path>, seed: &str, secret: Secret) -> Result<Arc<Self>, Failure> {
        let mut scopes = BuiltInScopes::default();
        scopes.users = Scopes::new(scopes.users.iter().chain(["account"]));
        let authenticator = Authenticator::new(Tokens::new(secret), PROJECT).with_scopes(scopes);
        Ok(Arc::new(Self {
            store: Store::open(file, seed)?,
            authenticator,
            graphql: graphql::schema(),
        }))
    }

    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(call::answer).with_state(self)
    }
}

/// Finds out what is asked for.
fn dispatch(call: &Call, log: &mut String) -> Answer {
    let path: Vec<_> = call.uri.path().split('/').skip(1).collect();
    let (method, ["v1", path @ ..]) = (call.method.as_str(), &*path) else {
        return no_route(call, log);
    };
    let (place, one) = match path {
        ["account", "sessions", "email"] if method == "POST" => {
            return account::create_session(call, log);
        }
        ["account", "sessions", id] if method == "DELETE" => {
            return call.write(log, |asked, _| account::delete_session(asked, id));
        }
        ["account", "jwts" | "jwt"] if method == "POST" => {
            return call.read(log, |asked, _| account::create_jwt(asked));
        }
        ["graphql"] | ["graphql", "mutation"] if method == "POST" => {
            return call.read(log, |asked, _| graphql::answer(asked));
        }
        ["databases", database, "collections", collection, "documents", one @ ..] => {
            (Place { database, collection, names: ["collection", "document"] }, one)
        }
        ["tablesdb", database, "tables", collection, "rows", one @ ..] => {
            (Place { database, collection, names: ["table", "row"] }, one)
        }
        _ => return no_route(call, log),
    };
    match (method, one) {
        ("GET", []) => call.read(log, |asked, all| place.list(asked, all)),
        ("POST", []) => call.write(log, |asked, all| place.create(asked, all)),
        ("GET", [id]) => call.read(log, |asked, all| place.get(asked, all, id)),
        ("PATCH", [id]) => call.write(log, |asked, all| place.update(asked, all, id)),
        ("DELETE", [id]) => call.write(log, |asked, all| place.delete(asked, all, id)),
        _ => no_route(call, log),
    }
}

fn no_route(call: &Call, log: &mut String) -> Answer {
    let message = "expected a route of this server, found another";
    call.read(log, |_, _| Err(Failure::new(404, "general_route_not_found", message)))
}
