//! Texts that a database may take for others: case, accents, spaces, wildcards, escapes, NUL, long texts.

use rolegate::{Action, Principal, Role};

use super::{Constraints, Corpus, Question, Row, Stored, Stray};

/// Ids of users. Pairs of them are equal in some collation, or match as a pattern.
const USERS: [&str; 16] = [
    "abc", "ABC", "aBc", "a_c", "a.c", "a-c", "k", "K", "s", "ss", "strasse", "i", "I", "1", "01",
    "1.0",
];

/// Texts in the place of an id, in a list. None of them makes a permission.
const FOREIGN_IDS: [&str; 34] = [
    "",
    "0",
    " abc",
    "abc ",
    "abc  ",
    "abc\t",
    "abc\n",
    "abc\0",
    "\0abc",
    "ab\0c",
    "abc\u{1}",
    "abc\u{7f}",
    "%",
    "a%",
    "_bc",
    "a\\c",
    "abc\\",
    "\\u0061bc",
    "a'c",
    "abc'",
    "a\"c",
    "a`c",
    "abc' OR '1'='1",
    "ábc",
    "a\u{301}bc",
    "åbc",
    "ａｂｃ",
    "abc\u{200d}",
    "a\u{ad}bc",
    "abc\u{feff}",
    "\u{212a}",
    "ſ",
    "straße",
    "İ",
];

/// Permissions that no grammar accepts. Each names `any`.
const MALFORMED: [&str; 24] = [
    "read(\"ANY\")",
    "READ(\"any\")",
    "Read(\"any\")",
    "read(\"any\") ",
    " read(\"any\")",
    "read(\"any\")\n",
    "read(\"any\")\0",
    "\0read(\"any\")",
    "read(\"any\0\")",
    "read( \"any\" )",
    "read (\"any\")",
    "read('any')",
    "read(any)",
    "read(\"any",
    "read(\"any\"",
    "read(\"any\"),read(\"any\")",
    "read(\"any\")]",
    "[\"read(\\\"any\\\")\"]",
    "{read(\"any\")}",
    "read(\"any/\")",
    "read(\"añy\")",
    "réad(\"any\")",
    "%",
    "_ead(\"any\")",
];

/// Ids of documents. Collations and patterns take some of them for others.
const IDS: [&str; 40] = [
    "",
    "0",
    "00",
    "%",
    "_",
    "abc",
    "ABC",
    "Abc",
    "abc ",
    "abc  ",
    " abc",
    "abc\t",
    "abc\n",
    "abc\0",
    "abc\0d",
    "\0",
    "ábc",
    "a\u{301}bc",
    "åbc",
    "ａｂｃ",
    "abc\u{200d}",
    "a\u{ad}bc",
    "a_c",
    "a%c",
    "a.c",
    "a-c",
    "a\\c",
    "a\\\\c",
    "a'c",
    "a''c",
    "a\"c",
    "a`c",
    "straße",
    "strasse",
    "\u{212a}",
    "k",
    "K",
    "ſ",
    "s",
    "🐘",
];

/// Returns rows with hostile ids and lists, and principals that have some of their roles.
///
/// Each row with a hostile id grants to a role of its own, so a mistaken id is seen.
pub fn hostile() -> Corpus {
    let mut rows = Vec::new();
    for list in lists() {
        rows.push(Row::new(rows.len(), list));
    }
    let long: [String; 4] = [254, 255]
        .into_iter()
        .flat_map(|len| ["x".repeat(len), "X".repeat(len)])
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let ids = IDS.iter().copied().chain(long.iter().map(String::as_str));
    let mut principals = principals();
    for (number, id) in ids.enumerate() {
        let role = format!("label:id{number}");
        let list = vec![format!("read(\"{role}\")"), format!("write(\"{role}\")")];
        rows.push(Row { id: Some(id.to_owned()), stored: Stored::List(list) });
        principals.push(roles(&[&role]));
    }
    rows.push(Row {
        id: None,
        stored: Stored::List(vec!["read(\"any\")".into(), "write(\"any\")".into()]),
    });
    let questions = principals.iter().flat_map(|principal| {
        let actions: &[Action] =
            if principal.roles().len() > 1_000 { &[Action::Update] } else { &Action::ALL };
        actions.iter().map(|&action| Question::new(principal.clone(), action))
    });
    Corpus {
        name: "hostile".into(),
        questions: questions.collect(),
        strays: strays(rows.len()),
        rows,
        constraints: Constraints::Loose,
        negate_every: 1,
    }
}

fn lists() -> Vec<Stored> {
    let mut lists: Vec<Vec<String>> = vec![vec![]];
    for user in USERS {
        lists.push(vec![format!("read(\"user:{user}\")")]);
        lists.push(vec![format!("write(\"user:{user}\")")]);
        lists.push(vec![
            format!("read(\"user:{user}/verified\")"),
            format!("delete(\"team:{user}/owner\")"),
        ]);
    }
    lists.extend(
        FOREIGN_IDS
            .iter()
            .map(|id| vec![format!("read(\"user:{id}\")"), format!("write(\"user:{id}\")")]),
    );
    lists.extend(MALFORMED.iter().map(|text| vec![(*text).to_owned()]));
    // A malformed permission hides no other one.
    lists.extend(
        MALFORMED.iter().map(|text| vec![(*text).to_owned(), "read(\"users\")".to_owned()]),
    );
    lists.extend([
        vec!["write(\"any\")".into()],
        vec!["create(\"any\")".into()],
        vec!["read(\"any\")".into(); 3],
    ]);
    for len in [35, 36, 37, 200] {
        let id = "a".repeat(len);
        lists.push(vec![
            format!("read(\"user:{id}\")"),
            format!("update(\"team:{id}/{}\")", "r".repeat(81)),
        ]);
        lists.push(vec![format!("read(\"team:t/{}\")", "r".repeat(len + 45))]);
    }
    lists.push(vec![format!("read(\"any\"){}", " ".repeat(300)), "r".repeat(70_000)]);
    lists.push((0..2_000).map(|number| format!("read(\"user:u{number}\")")).collect());
    lists.push(
        (0..300)
            .map(|number| format!("read(user:u{number})"))
            .chain(["delete(\"users\")".into()])
            .collect(),
    );
    let mut stored: Vec<_> = lists.into_iter().map(Stored::List).collect();
    stored.push(Stored::Null);
    stored
}

/// Returns rows of the table of permissions that name documents, actions and roles with another spelling.
fn strays(rows: usize) -> Vec<Stray> {
    let stray = |document: &str, kind: &str, role: &str| Stray {
        document: Some(document.to_owned()),
        kind: kind.to_owned(),
        role: role.to_owned(),
    };
    let mut strays = Vec::new();
    // A row without permissions, which these texts must not give any.
    let target = "d0";
    for id in FOREIGN_IDS {
        strays.push(stray(target, "read", &format!("user:{id}")));
    }
    for role in [
        "ANY",
        "Any",
        "any ",
        " any",
        "any\0",
        "any\t",
        "%",
        "_ny",
        "ány",
        "a\u{301}ny",
        "an\\y",
        "",
    ] {
        strays.push(stray(target, "read", role));
    }
    for kind in ["READ", "Read", "read ", " read", "réad", "read\0", "write", "%", "_ead", ""] {
        strays.push(stray(target, kind, "any"));
    }
    let missing = format!("d{rows}");
    for id in ["D0", "d0 ", " d0", "d0\0", "d%", "d_", "đ0", "d\u{301}0", "d%0", missing.as_str()]
    {
        strays.push(stray(id, "read", "any"));
        strays.push(stray(id, "update", "users"));
    }
    strays.push(Stray { document: None, kind: "read".into(), role: "any".into() });
    strays
}

/// Returns principals with one, some, 2,000 and 10,000 roles, and those without roles.
fn principals() -> Vec<Principal> {
    let mut principals = vec![
        roles(&[]),
        Principal::guest(),
        Principal::key_with_bypass(),
        roles(&["any", "users"]),
        roles(&["users"]),
        roles(&["label:abc", "member:abc", "team:abc"]),
    ];
    for user in USERS {
        principals.push(roles(&[&format!("user:{user}")]));
    }
    principals.push(roles(&[
        "user:abc/verified",
        "team:abc/owner",
        "team:ABC/owner",
        "user:strasse/verified",
    ]));
    for len in [35, 36] {
        let id = "a".repeat(len);
        let owned = [
            format!("user:{id}"),
            format!("team:{id}/{}", "r".repeat(81)),
            format!("team:t/{}", "r".repeat(len + 45)),
        ];
        principals.push(roles(&owned.each_ref().map(String::as_str)));
    }
    for count in [2_000, 10_000] {
        let last = (0..count).map(|number| format!("user:u{}", count - number));
        principals.push(Principal::parse_roles(last).unwrap());
    }
    principals
}

fn roles(texts: &[&str]) -> Principal {
    Principal::from_roles(texts.iter().map(|text| Role::parse(text).unwrap()))
}
