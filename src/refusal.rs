//! The answer of a server to a refused request: [`Refusal`].

use std::error::Error;

/// An error that refuses a request, with the answer that Appwrite's clients expect.
///
/// A host converts every refusal in one place:
///
/// ```
/// use rolegate::{Collection, DocumentSecurity, Principal, Refusal};
///
/// struct Answer { status: u16, body: serde_json::Value }
///
/// impl<R: Refusal> From<R> for Answer {
///     fn from(refusal: R) -> Self {
///         let (status, kind) = (refusal.status(), refusal.error_type());
///         let body = serde_json::json!({
///             "message": refusal.to_string(),
///             "code": status,
///             "type": kind,
///         });
///         Self { status, body }
///     }
/// }
///
/// fn create(collection: &Collection, principal: &Principal) -> Result<(), Answer> {
///     collection.create(principal)?;
///     principal.document_permissions(&[r#"read("any")"#])?;
///     Ok(())
/// }
///
/// let collection = Collection::new([r#"create("any")"#], DocumentSecurity::Disabled);
/// let refused = create(&collection, &Principal::key_with_bypass());
/// assert!(refused.is_ok());
/// let refused = create(&Collection::default(), &Principal::guest()).unwrap_err();
/// assert_eq!(refused.status, 401);
/// assert_eq!(refused.body["type"], "user_unauthorized");
/// ```
pub trait Refusal: Error {
    /// Returns the HTTP status of the answer.
    fn status(&self) -> u16;

    /// Returns the `type` in the body of Appwrite's answer, such as `user_unauthorized`.
    fn error_type(&self) -> &'static str;
}
