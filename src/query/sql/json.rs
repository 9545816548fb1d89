//! JSON arrays of texts, as sets and tables.

/// Returns the texts of a JSON array as the right side of `IN`. `array` is a placeholder.
pub(super) fn sqlite_texts(array: &str) -> String {
    format!("(SELECT rolegate_r.value FROM json_each({array}) AS rolegate_r)")
}

/// Returns the texts of a JSON array as the table `rolegate_r` with the column `text`. `array` is a placeholder.
///
/// The texts are ASCII. A text with the character set `ascii` is compared by the collation of the other side, so that
/// the index of the other side can be used.
pub(super) fn mariadb_texts(array: &str) -> String {
    format!(
        "JSON_TABLE({array}, '$[*]' COLUMNS \
         (text VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) AS rolegate_r"
    )
}
