//! The rows of the tables.

use rolegate::Permission;
use rolegate::query::sql::StoredList;

use crate::workload::Workload;

/// The values of a row as text.
pub type Row = Vec<String>;

/// Returns the number of documents with each list.
fn counts(workload: &Workload) -> Vec<u32> {
    let mut counts = vec![0; workload.lists()];
    for &list in &workload.documents {
        counts[list as usize] += 1;
    }
    counts
}

/// Prints the numbers of documents and lists.
pub fn describe(workload: &Workload) {
    let lists = counts(workload).iter().filter(|count| **count > 0).count();
    println!("{} documents, {lists} distinct lists", workload.documents.len());
}

/// Returns the documents in the order of their creation: `_id`, `_uid`, `_createdAt`, `_updatedAt`, `title`, and
/// the last column, which `last` creates from the number of the list.
fn documents_with(workload: &Workload, last: impl Fn(u32) -> String) -> impl Iterator<Item = Row> {
    workload.documents.iter().enumerate().map(move |(position, &list)| {
        let (uid, time) = (uid(position), time(position));
        let title = format!("The title of the document {uid}");
        vec![(position + 1).to_string(), uid, time.clone(), time, title, last(list)]
    })
}

/// Returns the documents with their permissions as a JSON array.
pub fn documents(workload: &Workload) -> impl Iterator<Item = Row> {
    documents_with(workload, |list| {
        let texts = workload.text(list).map(|text| format!("\"{}\"", text.replace('"', "\\\"")));
        format!("[{}]", texts.join(","))
    })
}

/// Returns the documents with the number of their list. Numbers begin at 1.
pub fn documents_with_number(workload: &Workload) -> impl Iterator<Item = Row> {
    documents_with(workload, |list| (list + 1).to_string())
}

/// Returns the rows of Appwrite's table of permissions: `_type`, `_permission` and `_document`.
pub fn perms(workload: &Workload) -> impl Iterator<Item = Row> {
    workload.documents.iter().enumerate().flat_map(|(position, &list)| {
        grants_of(&workload.text(list))
            .into_iter()
            .map(move |[action, role]| vec![action, role, uid(position)])
    })
}

/// Returns the rows of `acl_lists`: the number and the text of each list that has a document.
pub fn lists(workload: &Workload) -> impl Iterator<Item = Row> {
    used_lists(workload).map(|list| {
        let texts = workload.text(list);
        let list_text = StoredList::new(texts.iter().map(|text| permission(text)));
        vec![(list + 1).to_string(), list_text.as_str().to_owned()]
    })
}

/// Returns the rows of `acl_grants`: the number, the action and the role.
pub fn grants(workload: &Workload) -> impl Iterator<Item = Row> {
    used_lists(workload).flat_map(|list| {
        grants_of(&workload.text(list))
            .into_iter()
            .map(move |[action, role]| vec![(list + 1).to_string(), action, role])
    })
}

/// Returns the rows of `acl_counts`: the number of the list, and the number of its documents.
pub fn list_counts(workload: &Workload) -> impl Iterator<Item = Row> {
    let counts = counts(workload);
    used_lists(workload)
        .map(move |list| vec![(list + 1).to_string(), counts[list as usize].to_string()])
}

fn used_lists(workload: &Workload) -> impl Iterator<Item = u32> + use<> {
    let counts = counts(workload);
    (0..counts.len() as u32).filter(move |&list| counts[list as usize] > 0)
}

fn permission(text: &str) -> Permission<'_> {
    Permission::parse(text).expect("a well-formed permission")
}

fn grants_of(texts: &[String]) -> Vec<[String; 2]> {
    let permissions = texts.iter().map(|text| permission(text));
    let grants = permissions.flat_map(|permission| {
        let role = permission.role().to_string();
        let actions = permission.actions();
        actions.iter().map(|action| [action.to_string(), role.clone()]).collect::<Vec<_>>()
    });
    grants.collect()
}

/// Returns an id with the length of Appwrite's ids: 20 hexadecimal digits, in no order.
fn uid(position: usize) -> String {
    // An odd multiplier gives each position a number of its own.
    let mixed = (position as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{mixed:016x}{:04x}", mixed & 0xffff)
}

/// Returns a time ten seconds after that of the preceding document.
fn time(position: usize) -> String {
    let seconds = position * 10;
    let (day, month) = (seconds / 86_400 % 28 + 1, seconds / 86_400 / 28 % 12 + 1);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("2026-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.000")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{documents, grants, list_counts, lists, perms, uid};
    use crate::workload::{Sharing, Workload};

    #[test]
    fn document_has_its_list_as_json_and_a_row_for_each_permission() {
        let workload = Workload::new(1_000, Sharing::Shared(50));
        let [read, update, _] = workload.text(workload.documents[0]);
        let document = documents(&workload).next().unwrap();
        let parsed: [String; 3] = document[5]
            .strip_prefix("[\"")
            .and_then(|text| text.strip_suffix("\"]"))
            .map(|text| text.replace("\\\"", "\u{1}"))
            .map(|text| text.split("\",\"").map(|part| part.replace('\u{1}', "\"")).collect())
            .map(|parts: Vec<String>| parts.try_into().unwrap())
            .unwrap();
        assert_eq!(parsed, workload.text(workload.documents[0]));
        let rows: Vec<_> = perms(&workload).take(3).collect();
        assert_eq!(format!("read(\"{}\")", rows[0][1]), read);
        assert_eq!(format!("{}(\"{}\")", rows[1][0], rows[1][1]), update);
        assert!(rows.iter().all(|row| row[2] == document[1]));
        assert_eq!(perms(&workload).count(), 3_000);
    }

    #[test]
    fn lists_without_documents_have_no_rows() {
        let workload = Workload::new(1_000, Sharing::Shared(10_000));
        let used: HashSet<u32> = workload.documents.iter().copied().collect();
        assert_eq!(lists(&workload).count(), used.len());
        assert_eq!(grants(&workload).count(), used.len() * 3);
        let counted = list_counts(&workload).map(|row| row[1].parse::<usize>().unwrap());
        assert_eq!(counted.sum::<usize>(), 1_000);
    }

    #[test]
    fn ids_of_documents_are_distinct() {
        let ids: HashSet<String> = (0..300_000).map(uid).collect();
        assert_eq!(ids.len(), 300_000);
        assert!(ids.iter().all(|id| id.len() == 20));
    }
}
