//! A WebSocket that sends large messages in pieces: [`Frames`].

use axum::body::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::limits::{MAX_FRAME, MAX_SOCKET_MESSAGE, READ_BUFFER};

/// A WebSocket. The library keeps a buffer of the size of the largest frame, so no frame exceeds [`MAX_FRAME`].
pub struct Frames {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    /// Set while a message was sent in part. No other message may follow, but the connection can be closed.
    is_partial: bool,
}

impl Frames {
    pub async fn new(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_SOCKET_MESSAGE))
            .max_frame_size(Some(MAX_SOCKET_MESSAGE))
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0);
        let io = TokioIo::new(upgraded);
        let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        Self { stream, is_partial: false }
    }

    /// Returns the next message, or `None` if the client has gone or has sent what it must not send.
    pub async fn next(&mut self) -> Option<Message> {
        self.stream.next().await?.ok()
    }

    /// Sends the parts of a text as one message.
    pub async fn send(&mut self, parts: &[&str]) -> Result<(), Error> {
        if self.is_partial {
            return Ok(());
        }
        let mut left: usize = parts.iter().map(|part| part.len()).sum();
        if left <= MAX_FRAME {
            return self.stream.send(Message::text(parts.concat())).await;
        }
        let mut kind = Data::Text;
        for part in parts {
            for piece in part.as_bytes().chunks(MAX_FRAME) {
                left -= piece.len();
                let (data, is_last) = (Bytes::copy_from_slice(piece), left == 0);
                let frame = Frame::message(data, OpCode::Data(kind), is_last);
                self.is_partial = true;
                self.stream.send(Message::Frame(frame)).await?;
                self.is_partial = !is_last;
                kind = Data::Continue;
            }
        }
        Ok(())
    }

    pub async fn ping(&mut self) -> Result<(), Error> {
        self.stream.send(Message::Ping(Bytes::new())).await
    }

    pub async fn close(&mut self, code: u16) -> Result<(), Error> {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.send(Message::Close(Some(frame))).await
    }
}
