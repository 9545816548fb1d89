//! The same through GraphQL, where the SDKs' own service posts.

use std::sync::Arc;

use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions, Object, Request, Schema, SimpleObject,
};
use axum::Json;
use axum::response::{IntoResponse, Response};
use rolegate::Identity;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::request::Call;
use crate::{Server, account, failure::Failure};

pub type Api = Schema<Query, Mutation, EmptySubscription>;

/// How many brackets and dots a request may have: what is parsed and checked by recursion must not exhaust
/// the stack, and fragments that use others must not multiply. An introspection fits.
const MAX_BRACKETS: usize = 96;

pub struct Query;
pub struct Mutation;

#[derive(SimpleObject)]
struct Jwt {
    jwt: String,
}

#[Object]
impl Query {
    /// The id of the user who asks.
    async fn account_id(&self, context: &Context<'_>) -> Option<String> {
        context.data::<Identity>().ok()?.principal().user_id().map(Into::into)
    }
}

#[Object]
impl Mutation {
    #[graphql(name = "accountCreateJWT")]
    async fn account_create_jwt(
        &self,
        context: &Context<'_>,
        duration: Option<u64>,
    ) -> Result<Jwt, Error> {
        let (server, who) = (context.data::<Arc<Server>>()?, context.data::<Identity>()?);
        account::jwt(server, who, duration).map(|jwt| Jwt { jwt }).map_err(|error| {
            let Failure(code, kind, message) = Failure::of(error);
            Error::new(message).extend_with(|_, more| {
                more.set("code", code);
                more.set("type", kind);
            })
        })
    }
}

pub fn schema() -> Api {
    Schema::build(Query, Mutation, EmptySubscription).limit_depth(8).limit_complexity(32).finish()
}

pub fn answer(call: &Call) -> anyhow::Result<Response> {
    let who = call.read("graphql", |asked, _| Ok(asked.who.clone()))?;
    let mut body: Value = call.json()?;
    if body["query"].is_object() {
        // The SDKs wrap a request into one more `query`.
        body = body["query"].take();
    }
    let request: Request = serde_json::from_value(body).map_err(Failure::argument)?;
    if request.query.bytes().filter(|byte| b"[{(.".contains(byte)).count() > MAX_BRACKETS {
        let message = format!("expected at most {MAX_BRACKETS} brackets and dots, found more");
        return Err(Failure::argument(message).into());
    }
    let answer = call.server.graphql.execute(request.data(Arc::clone(&call.server)).data(who));
    Ok(Json(Handle::current().block_on(answer)).into_response())
}
