//! Requests to GraphQL.

use serde_json::{Value, json};

use crate::host::{ALL, Answer, Host};

#[tokio::test]
async fn graphql_without_a_session_makes_no_jwt() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let query = json!({ "query": "mutation { accountCreateJWT { jwt } }" });
    for (path, body) in
        [("/v1/graphql", query.clone()), ("/v1/graphql/mutation", json!({ "query": query }))]
    {
        let answer =
            host.ask("POST", path, &[("x-appwrite-session", &*secret)], body.clone()).await;
        let jwt = answer.body["data"]["accountCreateJWT"]["jwt"].as_str().unwrap();
        assert_eq!(host.get(ALL, &[("x-appwrite-jwt", jwt)]).await.names(), ["Kevin"]);
        let guest = host.ask("POST", path, &[], body).await.body;
        assert_eq!(guest["data"], Value::Null);
        assert_eq!(guest["errors"][0]["extensions"]["code"], 401, "{guest}");
    }
}

async fn ask(host: &Host, query: impl Into<String>) -> Answer {
    let query: String = query.into();
    host.ask("POST", "/v1/graphql", &[], json!({ "query": query })).await
}

/// The parser recurses on brackets. Brackets in a text do not count.
#[tokio::test]
async fn deep_query_is_refused() {
    let host = Host::new();
    let nested = |open: &str, close: &str| open.repeat(200) + "1" + &close.repeat(200);
    for query in [
        format!("mutation {{ accountCreateJWT(duration: {}) {{ jwt }} }}", nested("[", "]")),
        format!("{{ accountId(x: {}) }}", nested("{a:", "}")),
        format!("{{ accountId(x: {}) }}", nested("[\"]\",", "]")),
        format!("query ($x: {}) {{ accountId }}", nested("[", "]")),
        format!("{{ {} }}", "...{".repeat(32) + "accountId" + &"}".repeat(32)),
    ] {
        let answer = ask(&host, query).await;
        let message = answer.refused(400, "general_argument_invalid");
        assert_eq!(message, "query has more than 96 brackets and dots");
    }
}

/// Fragments that use other fragments multiply: 2,431 bytes become 19,683 repetitions of a long name.
#[tokio::test]
async fn query_whose_fragments_multiply_is_refused() {
    let host = Host::new();
    let uses = |count: usize, of: usize| format!("...f{of} ").repeat(count);
    let chain = |length: usize, count: usize, leaf: &str| {
        let one = |n: usize| format!("fragment f{n} on Query {{ {} }} ", uses(count, n + 1));
        let all: String = (0..length).map(one).collect();
        format!("{{ ...f0 }} {all} fragment f{length} on Query {{ {leaf} }}")
    };
    let long = "x".repeat(2000);
    let once = chain(1, 20, &format!("accountId(x: \"{}\")", "x".repeat(250)));
    let directives = chain(1, 20, &format!("accountId {}", "@aaaa ".repeat(50)));
    let circle = "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }".into();
    for query in [chain(9, 3, &long), chain(13, 2, "accountId"), once, directives, circle] {
        let answer = ask(&host, query).await;
        let message = answer.refused(400, "general_argument_invalid");
        assert_eq!(message, "query with its fragments written out is longer than 4096 bytes");
    }
    let answer = ask(&host, chain(3, 2, "accountId")).await;
    assert_eq!((answer.status, &answer.body["errors"]), (200, &Value::Null), "{}", answer.body);
}

#[tokio::test]
async fn query_that_is_too_long_is_refused() {
    let host = Host::new();
    let padded = |length: usize| format!("{:1$}", "{ accountId }", length);
    assert_eq!(ask(&host, padded(4096)).await.body["data"], json!({ "accountId": null }));
    let answer = ask(&host, padded(4097)).await;
    assert_eq!(answer.refused(400, "general_argument_invalid"), "query is longer than 4096 bytes");
    ask(&host, padded(16 << 10)).await.refused(413, "general_argument_invalid");
}

#[tokio::test]
async fn errors_of_an_answer_are_few_and_short() {
    let host = Host::new();
    let many = ask(&host, format!("{{ accountId {} }}", "@a ".repeat(1300))).await;
    assert_eq!((many.status, many.body["errors"].as_array().unwrap().len()), (200, 16));
    let long = ask(&host, format!("{{ {} }}", "x".repeat(4000))).await;
    let message = long.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Unknown field") && message.len() <= 515, "{}", message.len());
}

#[tokio::test]
async fn query_with_too_many_fields_or_levels_is_refused() {
    let host = Host::new();
    let aliases = |count: u32| (0..count).map(|n| format!("a{n}:accountId ")).collect::<String>();
    assert_eq!(ask(&host, format!("{{ {} }}", aliases(32))).await.body["errors"], Value::Null);
    let many = ask(&host, format!("{{ {} }}", aliases(33))).await;
    assert_eq!(many.body["errors"][0]["message"], "Query is too complex.");
    let levels = |count| "{ ofType ".repeat(count) + "{ name }" + &"}".repeat(count);
    let deep = ask(&host, format!("{{ __schema {{ types {} }} }}", levels(6))).await;
    assert_eq!(deep.body["errors"][0]["message"], "Query is nested too deep.");
}

/// An answer repeats the alias of a field for every type that has the field.
#[tokio::test]
async fn answer_that_is_too_long_is_refused() {
    let host = Host::new();
    let alias = "x".repeat(3800);
    let answer =
        ask(&host, format!("{{ __schema {{ types {{ fields {{ {alias}: name }} }} }} }}")).await;
    let message = answer.refused(400, "general_argument_invalid");
    assert_eq!(message, "answer is longer than 65536 bytes; ask for less");
}

#[tokio::test]
async fn introspection_within_the_limits_is_answered() {
    let host = Host::new();
    let query = format!(
        "query {{ __schema {{ queryType {{ name }} types {{ kind name fields {{ name type {{ ...of }} }} }} }} }}
        fragment of on __Type {{ name {} name {} }}",
        "ofType { ".repeat(3),
        "}".repeat(3)
    );
    let answer = ask(&host, query).await;
    assert_eq!((answer.status, &answer.body["errors"]), (200, &Value::Null), "{}", answer.body);
    assert_eq!(answer.body["data"]["__schema"]["queryType"]["name"], "Query");
}

/// This server accepts one GraphQL request at a time, so the limits apply to each.
#[tokio::test]
async fn batch_is_refused() {
    let host = Host::new();
    let one = json!({ "query": "{ accountId }" });
    for body in [json!([one, one]), json!([one]), json!({ "query": [one] })] {
        let answer = host.ask("POST", "/v1/graphql", &[], body).await;
        answer.refused(400, "general_argument_invalid");
    }
}
