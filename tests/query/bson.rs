//! Filters of MongoDB as documents of the crate `bson`.

use bson::Bson;
use rolegate::query::{Plan, mongodb};
use rolegate::{Action, Principal};

#[test]
fn document_of_every_plan_equals_its_filter() {
    let principal = Principal::parse_roles(["any", "team:t1/owner", "user:ann"]).unwrap();
    let plans = [
        Plan::Everything,
        Plan::Nothing,
        principal.plan(Action::Read),
        principal.plan(Action::Delete),
    ];
    for plan in plans {
        let document = mongodb::document(&plan, "_permissions").unwrap();
        let filter = mongodb::filter(&plan, "_permissions").unwrap();
        assert_eq!(Bson::Document(document).into_relaxed_extjson(), filter);
    }
    let refused = mongodb::document(&Plan::Everything, "$where").unwrap_err();
    assert_eq!(refused, mongodb::filter(&Plan::Everything, "$where").unwrap_err());
}
