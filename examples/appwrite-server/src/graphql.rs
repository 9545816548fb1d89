//! JWTs through GraphQL, on the routes of the GraphQL service of the SDKs.

use std::sync::Arc;

use anyhow::{Result, ensure};
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection};
use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions, Name, Object, Positioned, Request, Schema,
    SimpleObject,
};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rolegate::auth::Identity;
use serde_json::{Map, Value};
use tokio::runtime::Handle;

use crate::limits::{
    MAX_FORM, MAX_GRAPHQL, MAX_GRAPHQL_ANSWER, MAX_GRAPHQL_BRACKETS, MAX_GRAPHQL_DEPTH,
    MAX_GRAPHQL_ERRORS, MAX_GRAPHQL_FIELDS,
};
use crate::request::{Call, nothing, object};
use crate::{Server, account, failure::Failure, failure::cut};

pub type Api = Schema<Query, Mutation, EmptySubscription>;

pub struct Query;
pub struct Mutation;

#[derive(SimpleObject)]
struct Jwt {
    jwt: String,
}

#[Object]
impl Query {
    /// Returns the id of the user that sent the request.
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
    let schema = Schema::build(Query, Mutation, EmptySubscription);
    schema.limit_depth(MAX_GRAPHQL_DEPTH).limit_complexity(MAX_GRAPHQL_FIELDS).finish()
}

/// Answers a request to GraphQL.
pub async fn post(call: Call) -> Response {
    call.answer(answer).await
}

fn answer(call: &Call) -> Result<Response> {
    let who = call.read("graphql", nothing, |asked, ()| Ok(asked.who.clone()))?;
    let mut request = request(call)?;
    check_text(&request.query).map_err(Failure::argument)?;
    // A query that cannot be parsed is not executed.
    if let Ok(document) = request.parsed_query() {
        check_written_out(document).map_err(Failure::argument)?;
    }
    let answer = call.server.graphql.execute(request.data(Arc::clone(&call.server)).data(who));
    let mut answer = Handle::current().block_on(answer);
    answer.errors.truncate(MAX_GRAPHQL_ERRORS);
    for error in &mut answer.errors {
        error.message = cut(std::mem::take(&mut error.message));
    }
    let answer = serde_json::to_vec(&answer)?;
    if answer.len() > MAX_GRAPHQL_ANSWER {
        let message = format!("answer is longer than {MAX_GRAPHQL_ANSWER} bytes; ask for less");
        return Err(Failure::argument(message).into());
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

fn request(call: &Call) -> Result<Request, Failure> {
    let mut body: Map<String, Value> = call.json(MAX_FORM)?;
    if let Some(inner) = body.get_mut("query").filter(|query| !query.is_string()) {
        // The SDKs wrap the request in an object with the key `query`.
        body = object(inner.take()).map_err(Failure::argument)?;
    }
    for name in ["variables", "extensions"] {
        if let Some(value) = body.get_mut(name).filter(|value| value.is_array()) {
            *value = object(value.take()).map_err(Failure::argument)?.into();
        }
    }
    serde_json::from_value(body.into()).map_err(Failure::argument)
}

/// Checks the length and the nesting of a query before it is parsed.
fn check_text(query: &str) -> Result<()> {
    ensure!(query.len() <= MAX_GRAPHQL, "query is longer than {MAX_GRAPHQL} bytes");
    let brackets = query.bytes().filter(|byte| b"[{(.".contains(byte)).count();
    let message = "query has more than";
    ensure!(brackets <= MAX_GRAPHQL_BRACKETS, "{message} {MAX_GRAPHQL_BRACKETS} brackets and dots");
    Ok(())
}

/// Checks the length of a query in which every fragment is written out at its use.
///
/// Fragments that use other fragments can multiply the length. Each step reduces what is left of the limit,
/// so circular fragments end too.
fn check_written_out(document: &ExecutableDocument) -> Result<()> {
    let mut left = MAX_GRAPHQL;
    let operations = document.operations.iter();
    let mut open: Vec<_> = operations.map(|(_, operation)| &operation.node.selection_set).collect();
    while let Some(set) = open.pop() {
        for item in &set.node.items {
            let (own, inner) = match &item.node {
                Selection::Field(field) => {
                    let alias = field.node.alias.as_ref().map_or(0, |alias| alias.node.len());
                    let own = alias + field.node.name.node.len() + length(&field.node.arguments);
                    (own, Some(&field.node.selection_set))
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = document.fragments.get(name);
                    (name.len(), fragment.map(|fragment| &fragment.node.selection_set))
                }
                Selection::InlineFragment(inline) => (1, Some(&inline.node.selection_set)),
            };
            let directives = item.node.directives().iter().map(directive).sum::<usize>();
            let message = "query with its fragments written out is longer than";
            left = left.saturating_sub(own + directives);
            ensure!(left > 0, "{message} {MAX_GRAPHQL} bytes");
            open.extend(inner);
        }
    }
    Ok(())
}

fn directive(directive: &Positioned<Directive>) -> usize {
    directive.node.name.node.len() + length(&directive.node.arguments)
}

fn length<T: ToString>(arguments: &[(Positioned<Name>, Positioned<T>)]) -> usize {
    let one = |(name, value): &(Positioned<Name>, Positioned<T>)| {
        name.node.len() + value.node.to_string().len()
    };
    arguments.iter().map(one).sum()
}
