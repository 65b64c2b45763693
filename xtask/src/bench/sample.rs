//! The events that are measured with: 500 bytes each once kept if not said otherwise, all different.

use anyhow::ensure;
use hookbench_domain::{Timestamp, parse_draft};
use hookbench_signature::{Message, Scheme, Secret, sign};

/// The bytes of one event as it is delivered.
pub(super) const BODY_BYTES: usize = 500;
/// The scheme that bare client and product sign by.
pub(super) const SCHEME: Scheme = Scheme::Standard;

const TYPE: &str = "conversion.approved";
const AT: &str = "2026-05-08T04:51:35.080Z";

/// Makes events.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    data: String,
    prefix: &'static str,
    event_type: &'static str,
}

impl Sample {
    /// Events whose ids start with `prefix`.
    ///
    /// # Errors
    /// When the product would keep other bytes than the bare client sends.
    pub(super) fn new(prefix: &'static str) -> anyhow::Result<Self> {
        Self::sized(prefix, BODY_BYTES)
    }

    /// Events of so many bytes.
    ///
    /// # Errors
    /// As [`Sample::new`].
    pub(super) fn sized(prefix: &'static str, bytes: usize) -> anyhow::Result<Self> {
        let fixed = r#"{"conversionId":"cnv_8c1f20","partnerId":"prt_2041","offerId":"off_77","revenueCents":12600,"payoutCents":1260,"currency":"EUR","status":"approved","note":""}"#;
        let bare = Self { data: fixed.to_owned(), prefix, event_type: TYPE };
        let note = "x".repeat(bytes.saturating_sub(bare.body(0).len()));
        let sample = Self { data: fixed.replace(r#""note":"""#, &format!(r#""note":"{note}""#)), ..bare };
        let id = sample.id(0).parse()?;
        let kept = parse_draft(&sample.draft(0))?.keep(|| id, Timestamp::from_ms(0))?;
        ensure!(kept.body == sample.body(0) && kept.body.len() == bytes, "the sample is not kept as it is");
        Ok(sample)
    }

    /// The same, of another type.
    pub(super) fn of_type(self, event_type: &'static str) -> Self {
        Self { event_type, ..self }
    }

    pub(super) fn id(&self, n: u64) -> String {
        format!("{}_{n:010}", self.prefix)
    }

    /// An event as it is published.
    pub(super) fn draft(&self, n: u64) -> Vec<u8> {
        let (id, kind, data) = (self.id(n), self.event_type, &self.data);
        format!(r#"{{"event":"{kind}","id":"{id}","createdAt":"{AT}","data":{data}}}"#).into_bytes()
    }

    /// The same event as it is delivered.
    pub(super) fn body(&self, n: u64) -> Vec<u8> {
        let (id, kind, data) = (self.id(n), self.event_type, &self.data);
        format!(r#"{{"id":"{id}","event":"{kind}","createdAt":"{AT}","data":{data}}}"#).into_bytes()
    }

    /// The headers of a delivery at `now`.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub(super) fn headers(
        &self,
        n: u64,
        body: &[u8],
        secret: &Secret,
        now: Timestamp,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let id = self.id(n);
        let message = Message { id: &id, timestamp: now.unix_seconds(), event_type: self.event_type, body };
        Ok(sign(SCHEME, std::slice::from_ref(secret), &message)?)
    }
}
