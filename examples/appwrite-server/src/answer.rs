//! The handling of a request: its body, its thread, its deadline and its line in the log.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::Result;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use crate::limits::{DEADLINE, DEADLINE_GRACE, MAX_BODY};
use crate::{Server, failure::Failure, request::Call};

impl FromRequest<Arc<Server>> for Call {
    type Rejection = Infallible;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Infallible> {
        let started = Instant::now();
        let until = started + DEADLINE;
        let (parts, body) = request.into_parts();
        let body = receive(body, until).await;
        let (server, who) = (Arc::clone(server), OnceLock::new());
        let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
        Ok(Self { server, method, uri, headers, body, started, until, who })
    }
}

async fn receive(body: Body, until: Instant) -> Result<Bytes, Failure> {
    let body = timeout_at(until.into(), to_bytes(body, MAX_BODY)).await;
    body.map_err(|_| Failure::late())?.map_err(|_| {
        Failure::new(413, "general_argument_invalid", "body is incomplete or longer than 1 MiB")
    })
}

impl Call {
    /// Answers with the result of `work`, which runs on a thread that may block.
    pub async fn answer(
        self,
        work: impl FnOnce(&Self) -> Result<Response> + Send + 'static,
    ) -> Response {
        let done = self.run(work, |response| response.status().as_u16());
        done.await.unwrap_or_else(IntoResponse::into_response)
    }

    /// Returns the result of `work`, which runs on a thread that may block. Logs the request and its caller.
    ///
    /// A thread cannot be stopped, so all its work is bounded. If the client disconnects, the thread
    /// continues and the request is logged.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
        status: fn(&T) -> u16,
    ) -> Result<T, Failure> {
        let until = self.until + DEADLINE_GRACE;
        let task = tokio::task::spawn_blocking(move || {
            let done = self.in_time().map_err(Into::into).and_then(|()| work(&self));
            let done = done.map_err(Failure::of);
            self.log(done.as_ref().map_or_else(|failure| failure.0, status));
            done
        });
        match timeout_at(until.into(), task).await {
            Ok(done) => done.unwrap_or_else(|error| Err(Failure::of(error.into()))),
            Err(_) => Err(Failure::late()),
        }
    }

    /// Waits for a turn, and then answers like [`answer`](Self::answer). Waiting takes no thread.
    pub async fn answer_in_turn(
        self,
        turns: Arc<Semaphore>,
        work: impl FnOnce(&Self) -> Result<Response> + Send + 'static,
    ) -> Response {
        let turn = timeout_at(self.until.into(), turns.acquire_owned()).await;
        self.answer(move |call| {
            let _turn = turn;
            work(call)
        })
        .await
    }

    /// Checks that the deadline has not passed.
    pub fn in_time(&self) -> Result<(), Failure> {
        if Instant::now() < self.until { Ok(()) } else { Err(Failure::late()) }
    }

    fn log(&self, status: u16) {
        if status == 404 && self.who.get().is_none() {
            // A route that does not exist needs no caller, but the log names the caller.
            let _ = self.name_caller();
        }
        let (method, took) = (&self.method, self.started.elapsed());
        let who = self.who.get().map_or("unknown", String::as_str);
        tracing::info!(%method, path = format!("{:.256}", self.uri.path()), status, who, ?took);
    }
}

/// Answers a request for a route that does not exist.
pub async fn no_route(call: Call) -> Response {
    call.answer(|_| Err(Failure::no_route().into())).await
}
