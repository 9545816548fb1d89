//! The queue of a connection: [`Client`].

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::budget::{Budget, Share};
use crate::limits::MAX_QUEUE;

/// A connection as the audience knows it: its number, and a queue of messages from the writers to its task.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    number: u64,
    queue: Mutex<Queue>,
    /// Wakes the task of the connection: a message was queued, or the connection was ended.
    changed: Notify,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Queued>,
    /// The bytes of the messages that are queued or are being sent.
    bytes: usize,
    ending: Option<Ending>,
}

/// A message: an event, and its end with the ids of the subscriptions that it matches.
pub struct Queued {
    parts: [Arc<Text>; 2],
    /// The memory of the queue itself.
    _share: Share,
}

/// A part of a message. All receivers of an event share it, and its bytes count once.
pub struct Text {
    text: Box<str>,
    share: Share,
}

/// The reason why the server ends a connection.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// The session was deleted or has expired.
    Session,
    /// The client does not read.
    Slow,
    /// The audience has no room for the new roles of the user.
    Full,
}

impl Queue {
    fn pop(&mut self) -> Option<Result<Queued, Ending>> {
        if let Some(why) = self.ending {
            return Some(Err(why));
        }
        let next = self.messages.pop_front();
        if next.is_none() {
            // A burst of events takes no memory afterwards.
            self.messages.shrink_to(0);
        }
        next.map(Ok)
    }
}

impl Text {
    pub fn new(text: String, budget: &Budget) -> Self {
        let share = budget.take(text.len());
        Self { text: text.into(), share }
    }
}

impl Queued {
    pub fn new(event: &Arc<Text>, subscriptions: &Arc<Text>, budget: &Budget) -> Self {
        // A queue that grows has room for twice as many messages.
        let share = budget.take(2 * size_of::<Self>());
        Self { parts: [event, subscriptions].map(Arc::clone), _share: share }
    }

    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.share.bytes()).sum()
    }

    /// Returns the text of the message in parts.
    pub fn parts(&self) -> [&str; 2] {
        self.parts.each_ref().map(|part| &*part.text)
    }
}

impl Client {
    pub fn new(number: u64) -> Self {
        let (queue, changed) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared { number, queue, changed }))
    }

    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Queues a message. Returns `false` if the queue is full, and then the caller ends the connection.
    pub fn push(&self, message: Queued) -> bool {
        let mut queue = self.queue();
        let bytes = queue.bytes + message.len();
        if bytes > MAX_QUEUE {
            return false;
        }
        queue.bytes = bytes;
        queue.messages.push_back(message);
        drop(queue);
        self.0.changed.notify_one();
        true
    }

    /// Ends the connection. Messages that are queued are not sent, because the client may not see them now.
    pub fn end(&self, why: Ending) {
        let mut queue = self.queue();
        queue.ending.get_or_insert(why);
        queue.messages = VecDeque::new();
        drop(queue);
        self.0.changed.notify_one();
    }

    /// Waits for the next message, or for the end of the connection. Only the task of the connection calls it.
    pub async fn next(&self) -> Result<Queued, Ending> {
        loop {
            if let Some(next) = self.queue().pop() {
                return next;
            }
            self.0.changed.notified().await;
        }
    }

    /// Returns the reason why the connection ends, if it does.
    pub fn ending(&self) -> Option<Ending> {
        self.queue().ending
    }

    /// Waits for the end of the connection.
    pub async fn ended(&self) -> Ending {
        loop {
            let ending = self.ending();
            if let Some(why) = ending {
                return why;
            }
            self.0.changed.notified().await;
        }
    }

    /// Returns the bytes of the messages that wait for the client, unless the connection ends.
    fn waiting(&self) -> usize {
        let queue = self.queue();
        if queue.ending.is_some() { 0 } else { queue.bytes }
    }

    /// Makes room for other messages, because a message of this length was sent.
    pub fn sent(&self, len: usize) {
        let mut queue = self.queue();
        queue.bytes = queue.bytes.saturating_sub(len);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the clients for which at least half as many bytes wait as for the slowest client.
pub fn slowest<'a>(clients: impl Iterator<Item = &'a Client> + Clone) -> Vec<Client> {
    let longest = clients.clone().map(Client::waiting).max().unwrap_or(0);
    let is_slow = |client: &&Client| longest > 0 && client.waiting() >= longest.div_ceil(2);
    clients.filter(is_slow).cloned().collect()
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        self.0.number == other.0.number
    }
}

impl Eq for Client {}

impl Hash for Client {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.number.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Budget, Client, Ending, Queued, Text, slowest};

    #[test]
    fn slowest_clients_are_those_with_half_of_the_longest_queue() {
        let budget = Budget::new(0);
        let clients: Vec<Client> = (0..4).map(Client::new).collect();
        let text = Arc::new(Text::new("x".repeat(10), &budget));
        for (client, messages) in clients.iter().zip([1, 3, 2, 0]) {
            for _ in 0..messages {
                assert!(client.push(Queued::new(&text, &text, &budget)));
            }
        }
        assert!(slowest(clients.iter()) == [clients[1].clone(), clients[2].clone()]);
        drop(text);
        clients[1..].iter().for_each(|client| client.end(Ending::Slow));
        assert!(slowest(clients.iter()) == [clients[0].clone()]);
        assert!(budget.is_exceeded());
        clients[0].end(Ending::Slow);
        assert!(slowest(clients.iter()).is_empty() && !budget.is_exceeded());
    }
}
