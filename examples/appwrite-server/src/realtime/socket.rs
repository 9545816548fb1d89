//! The task of a connection: it owns the WebSocket, reads messages and writes events.

use std::time::{Duration, SystemTime};

use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::client::Ending;
use super::frames::Frames;
use super::is_over;
use super::message::{
    Message, POLICY_VIOLATION, TOO_MANY, TRY_AGAIN_LATER, Wanted, connected, error, malformed,
    no_room, pong, response, session_ended,
};
use super::open::Connection;
use crate::failure::Failure;
use crate::limits::{CLOSE_TIME, SEND_TIME};

/// The end of a connection: what the client is told, or `None` if it has gone or does not read.
type End = Option<Failure>;

/// Serves a connection until it ends. A caller that was refused is told why.
pub async fn serve(mut socket: Frames, opened: Result<Connection, Failure>) {
    let end = match opened {
        Ok(connection) => run(connection, &mut socket).await,
        Err(failure) => Some(failure),
    };
    if let Some(failure) = end {
        let _ = timeout(CLOSE_TIME, close(&mut socket, &failure)).await;
    }
}

async fn close(socket: &mut Frames, failure: &Failure) -> Result<(), Error> {
    socket.send(&[&error(failure)]).await?;
    // A client connects again by itself after the first of these codes only.
    let may_try_again =
        failure.1 == TOO_MANY || matches!(failure.0, TRY_AGAIN_LATER | 408 | 500..=599);
    let code = if may_try_again { TRY_AGAIN_LATER } else { POLICY_VIOLATION };
    socket.close(code).await?;
    // A socket with unread data would be reset, and the client would lose what was sent.
    while socket.next().await.is_some() {}
    Ok(())
}

async fn run(mut connection: Connection, socket: &mut Frames) -> End {
    let mut done = connection.greet(socket).await;
    let mut is_silent = false;
    while done.is_ok() {
        done = connection.step(socket, &mut is_silent).await;
    }
    done.err().flatten()
}

impl Connection {
    async fn greet(&mut self, socket: &mut Frames) -> Result<(), End> {
        let (user, channels) = self.greeting.take().unwrap_or_default();
        let mut subscriptions = Vec::new();
        if !channels.is_empty() {
            let all = [Wanted { subscription_id: None, channels, queries: Vec::new() }];
            subscriptions = self.subscribe(&all)?;
        }
        self.send(socket, &[&connected(&subscriptions, user.as_ref())]).await
    }

    /// Waits for an event, for a message, or for the time to ask if the client is still there.
    async fn step(&mut self, socket: &mut Frames, is_silent: &mut bool) -> Result<(), End> {
        tokio::select! {
            // Events that are queued go before the answer to a message that is read after them.
            biased;
            event = self.client.next() => {
                let event = event.map_err(told)?;
                self.check_expiry()?;
                self.send(socket, &event.parts()).await?;
                self.client.sent(event.len());
                Ok(())
            }
            frame = socket.next() => {
                *is_silent = false;
                self.receive(socket, frame.ok_or(None)?).await
            }
            () = sleep(self.patience()) => {
                self.check_expiry()?;
                if std::mem::replace(is_silent, true) {
                    return Err(None);
                }
                self.until_slow(socket.ping()).await
            }
        }
    }

    /// Ends the connection of a caller that has expired, also if events from before are queued.
    fn check_expiry(&self) -> Result<(), End> {
        if is_over(self.expires_at) { Err(Some(session_ended())) } else { Ok(()) }
    }

    /// Returns the time until the client is asked for a sign of life, or until the caller expires.
    fn patience(&self) -> Duration {
        let now = SystemTime::now();
        let left = self.expires_at.map(|end| end.duration_since(now).unwrap_or_default());
        let silence = self.server.realtime.silence;
        left.map_or(silence, |left| left.min(silence))
    }

    async fn receive(&mut self, socket: &mut Frames, frame: Frame) -> Result<(), End> {
        let answer = match frame {
            Frame::Text(text) => match Message::parse(&text) {
                Ok(message) => self.answer(message).await,
                Err(failure) => Err(failure),
            },
            Frame::Binary(_) => Err(malformed("expected text, found a binary message")),
            // The library answers these.
            Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) | Frame::Frame(_) => return Ok(()),
        };
        match answer {
            Err(failure) if matches!(failure.0, POLICY_VIOLATION | TRY_AGAIN_LATER) => {
                Err(Some(failure))
            }
            answer => {
                let text = answer.unwrap_or_else(|failure| error(&failure));
                self.send(socket, &[&text]).await
            }
        }
    }

    async fn answer(&mut self, message: Message) -> Result<String, Failure> {
        let realtime = &self.server.realtime;
        match message {
            Message::Ping => Ok(pong()),
            Message::Authentication { session } => self.authenticate(&session).await,
            Message::Subscribe(all) => {
                Ok(response("subscribe", "subscriptions", self.subscribe(&all)?))
            }
            Message::Unsubscribe(all) => {
                let done = realtime.unsubscribe(&self.client, &all);
                Ok(response("unsubscribe", "subscriptions", done))
            }
        }
    }

    async fn send(&self, socket: &mut Frames, parts: &[&str]) -> Result<(), End> {
        self.until_slow(socket.send(parts)).await
    }

    /// Waits until a message is sent, unless the connection ends or the client does not read for [`SEND_TIME`].
    async fn until_slow(&self, sent: impl Future<Output = Result<(), Error>>) -> Result<(), End> {
        tokio::select! {
            why = self.client.ended() => Err(told(why)),
            sent = timeout(SEND_TIME, sent) => match sent {
                Ok(Ok(())) => Ok(()),
                _ => Err(None),
            },
        }
    }
}

/// Returns what a client is told when its connection ends.
fn told(why: Ending) -> End {
    match why {
        Ending::Session => Some(session_ended()),
        Ending::Slow => None,
        Ending::Full => Some(no_room()),
    }
}
