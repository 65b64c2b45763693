//! The events that are measured with: 500 bytes each once kept, all different.

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
}

impl Sample {
    /// Events whose ids start with `prefix`.
    ///
    /// # Errors
    /// When the product would keep other bytes than the bare client sends.
    pub(super) fn new(prefix: &'static str) -> anyhow::Result<Self> {
        let fixed = r#"{"conversionId":"cnv_8c1f20","partnerId":"prt_2041","offerId":"off_77","revenueCents":12600,"payoutCents":1260,"currency":"EUR","status":"approved","note":""}"#;
        let bare = Self { data: fixed.to_owned(), prefix };
        let note = "x".repeat(BODY_BYTES.saturating_sub(bare.body(0).len()));
        let sample = Self { data: fixed.replace(r#""note":"""#, &format!(r#""note":"{note}""#)), prefix };
        let id = sample.id(0).parse()?;
        let kept = parse_draft(&sample.draft(0))?.keep(|| id, Timestamp::from_ms(0))?;
        ensure!(
            kept.body == sample.body(0) && kept.body.len() == BODY_BYTES,
            "the sample is not kept as it is"
        );
        Ok(sample)
    }

    pub(super) fn id(&self, n: u64) -> String {
        format!("{}_{n:010}", self.prefix)
    }

    /// An event as it is published.
    pub(super) fn draft(&self, n: u64) -> Vec<u8> {
        let (id, data) = (self.id(n), &self.data);
        format!(r#"{{"event":"{TYPE}","id":"{id}","createdAt":"{AT}","data":{data}}}"#).into_bytes()
    }

    /// The same event as it is delivered.
    pub(super) fn body(&self, n: u64) -> Vec<u8> {
        let (id, data) = (self.id(n), &self.data);
        format!(r#"{{"id":"{id}","event":"{TYPE}","createdAt":"{AT}","data":{data}}}"#).into_bytes()
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
        let message = Message { id: &id, timestamp: now.unix_seconds(), event_type: TYPE, body };
        Ok(sign(SCHEME, std::slice::from_ref(secret), &message)?)
    }
}
