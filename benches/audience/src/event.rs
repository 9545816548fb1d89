//! Events of documents.

use rolegate::audience::Document;
use rolegate::audience::channels::{DatabaseKind, DocumentChannels, Operation};
use rolegate::{Collection, DocumentSecurity};

use crate::clients::{collection, document_id, team_id, user_id};

/// An event of a document: three permissions and 16 channels.
#[derive(Clone)]
pub struct Event {
    /// The collection of the document, which grants nothing.
    pub collection: Collection,
    /// The permissions to read, update and delete the document.
    pub permissions: Vec<String>,
    /// The channels, as Appwrite names them.
    pub channels: Vec<String>,
}

impl Event {
    /// Creates an update of a document that belongs to a role.
    pub fn new(role: &str, document: u32) -> Self {
        let (collection, id) = (collection(document), document_id(document));
        let channels = DocumentChannels::new(DatabaseKind::Tables, "main", &collection, &id);
        Self {
            collection: Collection::without_permissions(DocumentSecurity::Enabled),
            permissions: ["read", "update", "delete"]
                .map(|action| format!("{action}(\"{role}\")"))
                .into(),
            channels: channels.of(Operation::Update).map(str::to_owned).collect(),
        }
    }

    /// Creates an update of a document that belongs to the user of a client.
    pub fn for_user(number: u32, document: u32) -> Self {
        Self::new(&format!("user:{}", user_id(number)), document)
    }

    /// Creates an update of a document that belongs to a small team.
    pub fn for_team(team: u32, document: u32) -> Self {
        Self::new(&format!("team:{}", team_id(team)), document)
    }

    /// Replaces the channels by one.
    #[must_use]
    pub fn on(self, channel: &str) -> Self {
        Self { channels: vec![channel.to_owned()], ..self }
    }

    /// Returns the document for an audience.
    pub fn document(&self) -> Document<'_, String> {
        Document::new(&self.collection, &self.permissions)
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn event_has_three_permissions_and_sixteen_channels() {
        let event = Event::for_user(3, 5);
        assert_eq!((event.permissions.len(), event.channels.len()), (3, 16));
        assert!(event.channels.contains(&"documents".to_owned()));
    }
}
