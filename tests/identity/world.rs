//! Generated users, keys and requests. Small pools of values make credentials meet their users.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::User;
use rolegate::auth::{
    Credentials, Directory, ImpersonationTarget, KeyLookup, StoredKey, UserLookup,
};
use serde_json::{Map, Value, json};

use super::{Down, PROJECT, sha256, signed, token};

/// The documents that a host has stored.
#[derive(Clone, Debug)]
pub struct World {
    pub users: Vec<Value>,
    /// Users of the platform, with `keys`.
    pub accounts: Vec<Value>,
    /// Teams of the platform, with `keys`.
    pub organizations: Vec<Value>,
    /// The `keys` of the project.
    pub keys: Vec<Value>,
}

/// The claims of a token, and `true` if its signature is correct.
#[derive(Clone, Debug)]
pub struct Token {
    pub claims: Value,
    pub is_signed: bool,
}

#[derive(Clone, Debug)]
pub enum Session {
    Secret { user_id: String, secret: String },
    VerifiedByHost { user_id: String, session_id: String },
}

#[derive(Clone, Debug)]
pub enum Key {
    Text(String),
    Ephemeral { prefix: &'static str, token: Token },
}

#[derive(Clone, Debug)]
pub enum Target {
    Id(String),
    Email(String),
    Phone(String),
}

#[derive(Clone, Debug)]
pub struct Request {
    pub project: Option<String>,
    pub session: Option<Session>,
    pub jwt: Option<Token>,
    pub key: Option<Key>,
    pub key_user: Option<String>,
    pub key_organization: Option<String>,
    pub target: Option<Target>,
}

impl Token {
    fn text(&self) -> String {
        let token = token(&self.claims);
        if self.is_signed {
            return token;
        }
        let (message, _) = token.rsplit_once('.').unwrap();
        let other = signed(b"{}", b"{}");
        format!("{message}.{}", other.rsplit_once('.').unwrap().1)
    }
}

impl Request {
    /// Calls a function with the credentials of the request.
    pub fn with_credentials<T>(&self, call: impl FnOnce(&Credentials<'_>) -> T) -> T {
        let jwt = self.jwt.as_ref().map(Token::text);
        let key = self.key.as_ref().map(|key| match key {
            Key::Text(text) => text.clone(),
            Key::Ephemeral { prefix, token } => format!("{prefix}_{}", token.text()),
        });
        let credentials = Credentials::none()
            .with_project(self.project.as_deref())
            .with_jwt(jwt.as_deref())
            .with_key(key.as_deref())
            .with_key_user(self.key_user.as_deref())
            .with_key_organization(self.key_organization.as_deref())
            .with_impersonation_target(self.target.as_ref().map(|target| match target {
                Target::Id(id) => ImpersonationTarget::Id(id),
                Target::Email(email) => ImpersonationTarget::Email(email),
                Target::Phone(phone) => ImpersonationTarget::Phone(phone),
            }));
        call(&match &self.session {
            None => credentials,
            Some(Session::Secret { user_id, secret }) => credentials.with_session(user_id, secret),
            Some(Session::VerifiedByHost { user_id, session_id }) => {
                credentials.with_session_verified_by_host(user_id, session_id)
            }
        })
    }
}

impl Directory for World {
    type Error = Down;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Down> {
        let (field, text) = match lookup {
            UserLookup::Id(text) => ("$id", text),
            UserLookup::Email(text) => ("email", text),
            UserLookup::Phone(text) => ("phone", text),
            UserLookup::SessionSecret(_) => return Ok(None),
        };
        let user = self.users.iter().find(|user| user[field] == text);
        Ok(user.map(|user| serde_json::from_value(user.clone()).unwrap()))
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Down> {
        let owner =
            |owners: &[Value], id: &str| owners.iter().find(|owner| owner["$id"] == id).cloned();
        let find = |keys: &Value| {
            let mut keys = keys.as_array().into_iter().flatten();
            keys.find(|key| key["secret"] == lookup.secret()).cloned()
        };
        let (key, stored) = match lookup {
            KeyLookup::Project { secret } => {
                let key = find(&json!(self.keys));
                (key, Some(StoredKey::of_project(PROJECT, secret)))
            }
            KeyLookup::Organization { team_id, secret } => {
                let key = owner(&self.organizations, team_id).and_then(|team| find(&team["keys"]));
                (key, Some(StoredKey::of_organization(team_id, secret)))
            }
            KeyLookup::Account { user_id, secret } => {
                let account = owner(&self.accounts, user_id);
                let key = account.as_ref().and_then(|account| find(&account["keys"]));
                let user = account.map(|account| serde_json::from_value(account).unwrap());
                (key, user.map(|user: User| StoredKey::of_account(user, secret)))
            }
        };
        Ok(key.zip(stored).map(|(key, stored)| match key["expire"].as_str() {
            Some(expire) => stored.with_expire(expire),
            None => stored,
        }))
    }
}

/// Picks one of the JSON values in a text, between white space. A dash is an absent field.
fn pick(values: &'static str) -> BoxedStrategy<Option<Value>> {
    let values = values.split_whitespace().map(|word| match word {
        "-" => None,
        json => Some(serde_json::from_str(json).unwrap()),
    });
    select(values.collect::<Vec<_>>()).boxed()
}

fn text(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(values).prop_map(ToOwned::to_owned)
}

fn object<const N: usize>(
    fields: [(&'static str, BoxedStrategy<Option<Value>>); N],
) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let object = move |values: Vec<Option<Value>>| {
        let fields = names.iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        Value::Object(
            fields.map(|(name, value)| ((*name).to_owned(), value)).collect::<Map<_, _>>(),
        )
    };
    values.prop_map(object).boxed()
}

fn list(element: BoxedStrategy<Value>, most: usize) -> BoxedStrategy<Option<Value>> {
    vec(element, 0..=most).prop_map(|list| Some(list.into())).boxed()
}

fn session() -> BoxedStrategy<Value> {
    let hash = |secret| Some(Value::from(sha256(secret)));
    let secrets = [hash("k1"), hash("k1"), hash("k2"), None, Some(json!("k1")), Some(json!(7))];
    object([
        ("$id", pick(r#""s1" "s1" "s1" "s2" "s2" "" "0" 5 null -"#)),
        ("secret", select(secrets.to_vec()).boxed()),
        ("provider", pick(r#""email" "email" "email" "email" "" null 5 -"#)),
        (
            "expire",
            pick(
                r#""2099-01-01T00:00:00.000+00:00" "2099-01-01T00:00:00.000+00:00"
                "2099-01-01T00:00:00.000+00:00" "2026-01-01T00:00:00.000+00:00"
                "2099-01-01T00:00:00.000+00:00" "2025-12-31T23:59:59.999+00:00" "" "never" 5 null -"#,
            ),
        ),
        (
            "factors",
            pick(
                r#"["password"] ["password"] ["password","totp"] ["a","b","c"] [] "password" [1]
                ["password",null] null -"#,
            ),
        ),
    ])
}

fn user(id: &'static str) -> BoxedStrategy<Value> {
    let email = [Some(json!(format!("{id}@example.com"))), Some(json!("B@example.com")), None];
    let phone = [Some(json!(format!("+{id}"))), Some(json!("")), None];
    let authenticator = object([
        ("type", pick(r#""totp" "totp" "totp" "email" "" null -"#)),
        ("verified", pick("true true false null -")),
    ]);
    let membership = object([
        ("$id", pick(r#""m1" "m2" "m!3""#)),
        ("teamId", pick(r#""t1" "t2" "t1/owner""#)),
        ("confirm", pick("true true true false null -")),
        ("roles", pick(r#"["owner"] ["owner","a/b"] [] null -"#)),
    ]);
    object([
        ("$id", Just(Some(json!(id))).boxed()),
        ("email", select(email.to_vec()).boxed()),
        ("phone", select(phone.to_vec()).boxed()),
        ("emailVerification", pick("true false null -")),
        ("phoneVerification", pick("true false false null -")),
        ("status", pick("true true true true null - false")),
        ("reset", pick("false false false false null - true")),
        ("mfa", pick("true false null -")),
        ("impersonator", pick("true true false null -")),
        ("labels", pick(r#"["vip"] ["vip","a!b"] [] null -"#)),
        ("authenticators", list(authenticator, 2)),
        ("memberships", list(membership, 2)),
        ("sessions", list(session(), 3)),
    ])
}

/// Returns the stored keys of a kind: a key without an expiry, an expired key, and a key that expires later.
fn keys(kind: &str) -> Value {
    json!([
        {"secret": format!("{kind}_a")},
        {"secret": format!("{kind}_old"), "expire": "2025-12-31T23:59:59.999+00:00"},
        {"secret": format!("{kind}_new"), "expire": "2026-01-01T00:00:00.000+00:00"},
        {"secret": format!("{kind}_empty"), "expire": ""},
    ])
}

pub fn world() -> impl Strategy<Value = World> {
    (user("a"), user("b"), user("c"), user("a")).prop_map(|(a, b, c, mut account)| {
        account["keys"] = keys("account");
        let mut standard = keys("standard").as_array().unwrap().clone();
        standard.push(json!({"secret": "plain"}));
        World {
            users: vec![a, b, c],
            accounts: vec![account],
            organizations: vec![json!({"$id": "t1", "keys": keys("organization")})],
            keys: standard,
        }
    })
}

fn signed_token(claims: BoxedStrategy<Value>) -> impl Strategy<Value = Token> {
    let is_signed = prop::bool::weighted(0.9);
    (claims, is_signed).prop_map(|(claims, is_signed)| Token { claims, is_signed })
}

const EXP: &str = "1767226500 1767226500 1767226500 1767226500 1767225601 1767225600 \"x\" null -";

fn jwt() -> impl Strategy<Value = Token> {
    signed_token(object([
        ("userId", pick(r#""a" "a" "a" "b" "b" "c" "x" "" "0" null 5 -"#)),
        ("sessionId", pick(r#""s1" "s1" "s1" "s2" "s9" "" "0" null - - -"#)),
        ("exp", pick(EXP)),
        ("iat", pick("- - - null 1767225600 1767222001 1767222000")),
        ("nbf", pick("- - - null 1767225599 1767225599 1767225600")),
    ]))
}

fn key() -> impl Strategy<Value = Key> {
    let claims = object([
        ("projectId", pick(r#""project-1" "project-1" "project-1" "project-2" "" null 5 -"#)),
        ("projectCheckDisabled", pick("- - - true false null 1")),
        ("exp", pick(EXP)),
        ("iat", pick("- - - null 1767139201 1767139200")),
        ("nbf", pick("- - - null 1767225599 1767225600")),
        ("scopes", pick(r#"["users.read"] [] null -"#)),
    ]);
    let texts = &[
        "standard_a",
        "standard_a",
        "standard_old",
        "standard_new",
        "standard_empty",
        "standard_x",
        "plain",
        "Plain",
        "account_a",
        "account_a",
        "account_old",
        "account_new",
        "account_empty",
        "account_x",
        "organization_a",
        "organization_a",
        "organization_old",
        "organization_new",
        "organization_x",
        "other_a",
        "_a",
        "ephemeral_x",
        "",
        "0",
    ];
    let ephemeral = (select(&["ephemeral", "dynamic"][..]), signed_token(claims));
    prop_oneof![
        3 => text(texts).prop_map(Key::Text),
        1 => ephemeral.prop_map(|(prefix, token)| Key::Ephemeral { prefix, token }),
    ]
}

pub fn request() -> impl Strategy<Value = Request> {
    let maybe = prop::option::weighted::<BoxedStrategy<String>>;
    let secret =
        (text(&["a", "a", "b", "c", "x", "", "0"]), text(&["k1", "k1", "k1", "k2", "", "k"]));
    let by_host = (text(&["a", "a", "b", "c", "x", ""]), text(&["s1", "s1", "s2", "s9", ""]));
    let session = prop_oneof![
        2 => secret.prop_map(|(user_id, secret)| Session::Secret { user_id, secret }),
        1 => by_host.prop_map(|(user_id, session_id)| {
            Session::VerifiedByHost { user_id, session_id }
        }),
    ];
    let target = prop_oneof![
        text(&["a", "b", "c", "x", "", "0", "B"]).prop_map(Target::Id),
        text(&["a@example.com", "B@EXAMPLE.com", "c@example.com", "x", "", "0"])
            .prop_map(Target::Email),
        text(&["+a", "+b", "+c", "+x", "", "0"]).prop_map(Target::Phone),
    ];
    (
        maybe(0.9, text(&[PROJECT, PROJECT, PROJECT, PROJECT, "project-2", ""]).boxed()),
        prop::option::weighted(0.5, session),
        prop::option::weighted(0.4, jwt()),
        prop::option::weighted(0.4, key()),
        maybe(0.7, text(&["a", "a", "a", "b", ""]).boxed()),
        maybe(0.7, text(&["t1", "t1", "t2", "0"]).boxed()),
        prop::option::weighted(0.5, target),
    )
        .prop_map(|(project, session, jwt, key, key_user, key_organization, target)| Request {
            project,
            session,
            jwt,
            key,
            key_user,
            key_organization,
            target,
        })
}
