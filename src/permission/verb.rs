//! The words that open a permission: [`Verb`].

/// The text of a permission after its role: `")`.
pub(crate) const CLOSING: &str = "\")";

/// The word before the role of a permission: one of the four actions, or `write`.
///
/// This file is the only place that spells these words. `impl From<Verb> for ActionSet` in `action.rs`
/// returns the actions that a verb stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    Read,
    Create,
    Update,
    Delete,
    Write,
}

/// The spellings of one verb.
struct Spelling {
    name: &'static str,
    opening: &'static str,
    json_opening: &'static str,
}

macro_rules! spelling {
    ($name:literal) => {
        Spelling {
            name: $name,
            opening: concat!($name, "(\""),
            json_opening: concat!("\"", $name, "(\\\""),
        }
    };
}

impl Verb {
    /// Every verb, in the order in which error messages list them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Read, Self::Create, Self::Update, Self::Delete, Self::Write];

    const fn spelling(self) -> Spelling {
        match self {
            Self::Read => spelling!("read"),
            Self::Create => spelling!("create"),
            Self::Update => spelling!("update"),
            Self::Delete => spelling!("delete"),
            Self::Write => spelling!("write"),
        }
    }

    /// Returns the word, such as `read`.
    pub(crate) const fn name(self) -> &'static str {
        self.spelling().name
    }

    /// Returns the text of a permission before its role, such as `read("`.
    pub(crate) const fn opening(self) -> &'static str {
        self.spelling().opening
    }

    /// Returns the opening as a JSON string spells it, with the quote of the string: `"read(\"`.
    const fn json_opening(self) -> &'static str {
        self.spelling().json_opening
    }

    /// Returns the verb with this name.
    #[inline]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }

    /// Splits a text with the shape of a permission into its verb and its role. Does not check the role.
    #[inline]
    pub(super) fn split_permission(text: &str) -> Option<(Self, &str)> {
        let strip = |verb: Self| Some((verb, text.strip_prefix(verb.opening())?));
        let (verb, rest) = Self::by_initial(*text.as_bytes().first()?, strip)?;
        Some((verb, rest.strip_suffix(CLOSING)?))
    }

    /// Splits the opening off a permission in a JSON string, which begins with the quote of the string.
    /// Returns its verb, and the bytes after it.
    #[inline]
    pub(crate) fn strip_json_opening(json: &[u8]) -> Option<(Self, &[u8])> {
        let strip = |verb: Self| Some((verb, json.strip_prefix(verb.json_opening().as_bytes())?));
        Self::by_initial(*json.get(1)?, strip)
    }

    /// Calls `strip` with the one verb that begins with `initial`. A text is therefore compared with
    /// one opening, which is a constant in the compiled code.
    #[inline]
    fn by_initial<T>(initial: u8, strip: impl Fn(Self) -> Option<T>) -> Option<T> {
        match initial {
            b'r' => strip(Self::Read),
            b'u' => strip(Self::Update),
            b'd' => strip(Self::Delete),
            b'c' => strip(Self::Create),
            b'w' => strip(Self::Write),
            _ => None,
        }
    }
}
