//! What a host answers to a request that is refused: [`Refusal`].

use std::error::Error;

/// The error of a request that is refused, with the answer that Appwrite gives.
pub trait Refusal: Error {
    /// Returns the HTTP status.
    fn status(&self) -> u16;

    /// Returns the `type` of Appwrite's JSON error, such as `user_unauthorized`.
    fn error_type(&self) -> &'static str;
}
