use super::BulkLoadError;
use crate::acl::{AclTable, InsertError};
use crate::index::DocumentIndex;

const LISTS: [&str; 2] = ["read(\"any\")", "read(\"users\")"];

#[test]
fn list_of_another_table_is_refused_with_its_position() {
    let (mut table, mut other) = (AclTable::new(), AclTable::new());
    let own = LISTS.map(|list| table.insert([list]).unwrap());
    let foreign = LISTS.map(|list| other.insert([list]).unwrap());
    // A clone is another table.
    let documents = [(1, own[0]), (2, own[1])];
    let error = DocumentIndex::bulk_load(table.clone(), documents).unwrap_err();
    assert_eq!(error, BulkLoadError::ForeignList { position: 0 });
    let mut documents = [(1, own[0]), (2, own[1]), (3, own[0])];
    documents[1].1 = foreign[0];
    let error = DocumentIndex::bulk_load(table, documents).unwrap_err();
    assert_eq!(error, BulkLoadError::ForeignList { position: 1 });
}

#[test]
fn repeated_keys_keep_their_last_list_in_sorted_and_unsorted_input() {
    for keys in [[1, 2, 2, 3], [2, 2, 3, 3], [1, 1, 1, 1], [3, 1, 3, 2], [2, 1, 1, 2]] {
        for last in 0..4 {
            let mut table = AclTable::new();
            let [any, users] = LISTS.map(|list| table.insert([list]).unwrap());
            let list = |at| if at == last { users } else { any };
            let documents = keys.iter().enumerate().map(|(at, key)| (*key, list(at)));
            let index = DocumentIndex::bulk_load(table, documents).unwrap();
            index.internal_validate().unwrap();
            for key in keys {
                let at = keys.iter().rposition(|other| *other == key).unwrap();
                assert_eq!(index.get(&key), Some(list(at)), "{key} of {keys:?}");
            }
        }
    }
}

#[test]
fn list_of_another_table_is_not_inserted() {
    let mut index = DocumentIndex::new();
    index.insert(1, [LISTS[0]]).unwrap();
    let (list, foreign) = (index.get(&1).unwrap(), index.clone().get(&1).unwrap());
    for key in [1, 2] {
        assert_eq!(index.insert_with_list(key, foreign), Err(InsertError::ForeignList));
    }
    assert_eq!((index.len(), index.get(&1), index.get(&2)), (1, Some(list), None));
    assert_eq!(index.insert_with_list(2, list), Ok(()));
    assert_eq!(index.get(&2), Some(list));
    index.internal_validate().unwrap();
}
