//! The same through GraphQL, where the SDKs' own service posts.

use std::sync::Arc;

use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions, Object, Schema, SimpleObject,
};
use axum::Json;
use axum::response::IntoResponse;
use rolegate::Identity;
use serde_json::Value;

use crate::call::{Answer, Asked};
use crate::{Server, account, failure::Failure};

pub type Api = Schema<Query, Mutation, EmptySubscription>;

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
        account::jwt(server, who, duration).map(|jwt| Jwt { jwt }).map_err(|failure| {
            let body = failure.body();
            Error::new(body["message"].as_str().unwrap_or_default()).extend_with(|_, more| {
                more.set("code", body["code"].as_u64().unwrap_or_default());
                more.set("type", body["type"].as_str().unwrap_or_default());
            })
        })
    }
}

pub fn schema() -> Api {
    Schema::build(Query, Mutation, EmptySubscription).limit_depth(8).limit_complexity(32).finish()
}

pub fn answer(asked: &Asked<'_>) -> Answer {
    asked.who.require_scope("graphql")?;
    let mut body: Value = asked.call.json()?;
    if body["query"].is_object() {
        // The SDKs wrap a request into one more `query`.
        body = body["query"].take();
    }
    let request: async_graphql::Request =
        serde_json::from_value(body).map_err(Failure::argument)?;
    let server = &asked.call.server;
    let request = request.data(Arc::clone(server)).data(asked.who.clone());
    let response = tokio::runtime::Handle::current().block_on(server.graphql.execute(request));
    Ok(Json(response).into_response())
}
