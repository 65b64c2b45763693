//! The cases of the receiver check: what each is, why it matters, and what to do where it fails.

use serde::Serialize;

/// What an endpoint is expected to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// 2xx, every time.
    Taken,
    /// A 4xx that is not about the rate, every time.
    Refused,
    /// 2xx or a 4xx, but an answer.
    Answered,
    /// 2xx soon.
    Soon,
}

/// A case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CaseName {
    /// A request as it should be.
    Valid,
    /// How long that took.
    Slow,
    /// A valid one whose JSON is written unusually.
    RawBytes,
    /// No signature.
    NoSignature,
    /// A signature header that is none.
    MalformedSignature,
    /// Signed with another secret.
    WrongSecret,
    /// Signed with the secret before the last rotation.
    OldSecret,
    /// One character of the body is another one.
    Tampered,
    /// A true signature, of another body.
    ReplayedSignature,
    /// A true signature, its time changed.
    TimestampAltered,
    /// Truly signed, an hour ago.
    Stale,
    /// Truly signed, an hour ahead.
    Future,
    /// Truly signed, but no JSON.
    NotJson,
    /// Truly signed, as another kind of content.
    WrongContentType,
    /// Truly signed, of a type that does not exist yet.
    UnknownType,
    /// The same event twice.
    Duplicate,
    /// The later event first.
    Reordered,
    /// A body of nearly a megabyte.
    Huge,
    /// Many events at once.
    Burst,
    /// The same event many times at once.
    DuplicateBurst,
    /// `GET`.
    Get,
}

/// A case in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub name: CaseName,
    /// What is sent.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do where it fails.
    pub fix: &'static str,
    pub(super) expect: Expect,
}

impl CaseName {
    /// All cases, in the order they are sent.
    pub const ALL: [Self; 21] = [
        Self::Valid,
        Self::Slow,
        Self::RawBytes,
        Self::NoSignature,
        Self::MalformedSignature,
        Self::WrongSecret,
        Self::OldSecret,
        Self::Tampered,
        Self::ReplayedSignature,
        Self::TimestampAltered,
        Self::Stale,
        Self::Future,
        Self::NotJson,
        Self::WrongContentType,
        Self::UnknownType,
        Self::Duplicate,
        Self::Reordered,
        Self::Huge,
        Self::Burst,
        Self::DuplicateBurst,
        Self::Get,
    ];

    /// The case in words.
    #[must_use]
    pub fn case(self) -> Case {
        let of = |title, expect, why, fix| Case { name: self, title, why, fix, expect };
        match self {
            Self::Valid => of(
                "A valid request",
                Expect::Taken,
                "everything else builds on it: what is signed right has to be taken",
                "compare secret and scheme with what the check was given; verify the raw bytes of the body, before anything parses them",
            ),
            Self::Slow => of(
                "The time to answer",
                Expect::Soon,
                "platforms wait five to thirty seconds, then count the delivery as failed and send it again",
                "answer as soon as the event is stored, and do the work afterwards",
            ),
            Self::RawBytes => of(
                "A valid request with unusual JSON",
                Expect::Taken,
                "whoever verifies JSON that was parsed and written anew refuses true requests as soon as a space, an escape or a number is written differently",
                "compute the signature over the bytes as they came (express.raw, php://input, request.get_data()), not over re-serialised JSON",
            ),
            Self::NoSignature => of(
                "No signature",
                Expect::Refused,
                "anyone who knows the URL could invent conversions",
                "answer 401 where the signature header is missing",
            ),
            Self::MalformedSignature => of(
                "A signature that is none",
                Expect::Refused,
                "a header that cannot be read must not end in a crash, or in a pass",
                "answer 401 for a signature header of another form",
            ),
            Self::WrongSecret => of(
                "Signed with another secret",
                Expect::Refused,
                "the signature is looked at, but not compared",
                "compute the digest with your secret and compare it in constant time",
            ),
            Self::OldSecret => of(
                "Signed with the old secret",
                Expect::Taken,
                "during a rotation requests signed with the old secret are still on their way; refused, they are lost or come late",
                "accept both secrets until the end of the rotation, then remove the old one",
            ),
            Self::Tampered => of(
                "A body that was changed",
                Expect::Refused,
                "somebody on the way could change amounts",
                "verify the signature over the whole body",
            ),
            Self::ReplayedSignature => of(
                "A true signature with another body",
                Expect::Refused,
                "a signature that was seen once would open the door for any body",
                "verify the signature over the body that came, not over one that is remembered",
            ),
            Self::TimestampAltered => of(
                "A time that was changed",
                Expect::Refused,
                "an old request could be made young again, and be replayed for ever",
                "sign time and body together, as the scheme says: the time is part of the signed text",
            ),
            Self::Stale => of(
                "A true request of an hour ago",
                Expect::Refused,
                "whoever recorded a request could send it again later",
                "refuse a signed time that is more than five minutes old",
            ),
            Self::Future => of(
                "A true request of the next hour",
                Expect::Refused,
                "a time ahead makes a recorded request good for longer than it should be",
                "refuse a signed time that lies more than five minutes ahead",
            ),
            Self::NotJson => of(
                "Truly signed, but no JSON",
                Expect::Refused,
                "a body that cannot be parsed must be refused, not end in a failure that is retried for days",
                "answer 400 where the body cannot be parsed",
            ),
            Self::WrongContentType => of(
                "Another content type",
                Expect::Answered,
                "platforms change headers without notice; a body parser that passes over it leaves an empty body",
                "read the raw body whatever its content type, or answer 415",
            ),
            Self::UnknownType => of(
                "A type that does not exist yet",
                Expect::Taken,
                "platforms add event types; what is refused is sent again and again, and may disable the webhook",
                "answer 200 for types you do not know, and pass over them",
            ),
            Self::Duplicate => of(
                "The same event twice",
                Expect::Taken,
                "every platform delivers at least once: a second copy that is refused is sent again and again",
                "remember event ids; answer 200 for one that was taken before, and do nothing else",
            ),
            Self::Reordered => of(
                "The later event first",
                Expect::Taken,
                "retries bring events out of order: an update may come before what it updates",
                "answer 200 and store it; order by the event's own time",
            ),
            Self::Huge => of(
                "A body of nearly a megabyte",
                Expect::Answered,
                "a large body must be taken, or refused with 413: a connection that breaks is retried",
                "raise the limit of the body parser to 1 MiB, or answer 413",
            ),
            Self::Burst => of(
                "Twenty events at once",
                Expect::Taken,
                "after an outage everything that waited comes at once",
                "store and answer, and work through a queue; raise the pool or the limit that is hit",
            ),
            Self::DuplicateBurst => of(
                "The same event ten times at once",
                Expect::Taken,
                "two copies at the same moment both find the id unknown; one of them then fails, or counts twice",
                "let the database decide with a unique index on the event id; answer 200 for the one that comes second",
            ),
            Self::Get => of(
                "GET",
                Expect::Refused,
                "browsers, link previews and scanners ask with GET: it must not count as an event",
                "take POST only, and answer 405 for the rest",
            ),
        }
    }
}
