//! The three birthdays of Appwrite's guide on JWT authentication. The user `user-a` sees one birthday, and a
//! key of the project sees all three.

use std::error::Error;
use std::io::{self, Write};

use rolegate::{AclColumn, AclTable, Action, Collection, DocumentSecurity, Principal, User};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct List<D> {
    total: usize,
    documents: Vec<D>,
}

#[derive(Serialize, Deserialize)]
#[allow(clippy::struct_field_names, reason = "the field is called so in the guide")]
struct Birthday {
    #[serde(rename = "$id")]
    id: String,
    #[serde(rename = "$permissions")]
    permissions: Vec<String>,
    name: String,
    birthday: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    show(&mut io::stdout().lock())
}

pub(crate) fn show(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let stored: List<Birthday> = serde_json::from_str(include_str!("birthdays.json"))?;
    let birthdays = stored.documents;

    // The lists are compiled once. Every request resolves its principal.
    let mut table = AclTable::new();
    let column: AclColumn =
        birthdays.iter().map(|b| table.insert(&b.permissions)).collect::<Result<_, _>>()?;
    let collection = Collection::new(["create(\"users\")"], DocumentSecurity::Enabled);

    let user: User = serde_json::from_str(r#"{ "$id": "user-a", "emailVerification": true }"#)?;
    let user = Principal::user(&user)?;
    let key = Principal::key_with_bypass();

    for (who, principal) in [("user-a", &user), ("a project key", &key)] {
        let visible = collection.visibility(principal, Action::Read, &table)?.filter(&column);
        let response = List { total: visible.count(), documents: visible.of(&birthdays).collect() };
        writeln!(out, "What {who} sees:\n{}\n", serde_json::to_string_pretty(&response)?)?;
    }

    for birthday in &birthdays {
        let explanation = collection.explain(&user, Action::Read, &birthday.permissions);
        writeln!(out, "{}: {explanation}", birthday.name)?;
    }
    Ok(())
}
