//! Many events at once, one JSON object a line, as they come: a line at a time is held, and as many
//! events as one transaction takes.

use std::sync::Arc;

use hookbench_domain::{EventError, MAX_BODY_BYTES, parse_draft};
use hookbench_store::{Publication, PublishOutcome};
use serde::Serialize;

use crate::handles::Events;
use crate::{Workbench, WorkbenchError};

/// How many events of a batch one transaction takes.
const CHUNK: usize = 256;
/// How many bytes of events are held until they are written.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// How many lines that were not kept are listed; the others are counted.
pub const MAX_REJECTED: usize = 1000;

/// A line of a batch that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RejectedLine {
    /// Counted from 1.
    pub line: usize,
    /// Why, and what to do.
    pub error: String,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BatchResult {
    /// New events.
    pub accepted: usize,
    /// Events that were kept before.
    pub duplicates: usize,
    /// Lines that were not kept, at most [`MAX_REJECTED`].
    pub rejected: Vec<RejectedLine>,
    /// How many lines were not kept in all.
    pub rejected_count: usize,
}

impl BatchResult {
    fn reject(&mut self, line: usize, error: impl ToString) {
        self.rejected_count += 1;
        if self.rejected.len() < MAX_REJECTED {
            self.rejected.push(RejectedLine { line, error: error.to_string() });
        }
    }
}

/// A batch that is being published.
pub struct EventLines {
    workbench: Workbench,
    answer: BatchResult,
    batch: Vec<(usize, Publication)>,
    batch_bytes: usize,
    /// Lines that are whole.
    lines: usize,
    /// What has come of the next one, without more than is needed to know that it is too long.
    begun: Vec<u8>,
    /// How many bytes have come of it.
    begun_bytes: usize,
}

impl Events {
    /// Begins to publish many events, one JSON object a line.
    #[must_use]
    pub fn lines(&self) -> EventLines {
        EventLines {
            workbench: self.0.clone(),
            answer: BatchResult::default(),
            batch: Vec::new(),
            batch_bytes: 0,
            lines: 0,
            begun: Vec::new(),
            begun_bytes: 0,
        }
    }

    /// Publishes many events, one JSON object a line. Lines that cannot be kept are named; the
    /// others are kept.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written; what was counted as accepted before
    /// is kept.
    pub async fn publish_lines(&self, lines: &[u8]) -> Result<BatchResult, WorkbenchError> {
        let mut batch = self.lines();
        batch.take(lines).await?;
        batch.finish().await
    }
}

impl EventLines {
    /// Takes what has come, wherever it begins and ends.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be written; what was taken before may be kept.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<(), WorkbenchError> {
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (line, rest) = bytes.split_at(end);
            self.hold(line);
            self.line().await?;
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.hold(bytes);
        Ok(())
    }

    /// Writes what is whole by now, so that nobody waits for the rest of it.
    ///
    /// # Errors
    /// As [`EventLines::take`].
    pub async fn flush(&mut self) -> Result<(), WorkbenchError> {
        self.batch_bytes = 0;
        let (lines, items): (Vec<usize>, Vec<Publication>) = self.batch.drain(..).unzip();
        if items.is_empty() {
            return Ok(());
        }
        for (line, published) in lines.into_iter().zip(self.workbench.store.publish(items).await?) {
            match published.fate {
                PublishOutcome::New => self.answer.accepted += 1,
                PublishOutcome::Duplicate => self.answer.duplicates += 1,
                PublishOutcome::Conflict => {
                    self.answer.reject(line, WorkbenchError::EventConflict(published.id.to_string()));
                }
            }
        }
        Ok(())
    }

    /// Takes the last line, which need not end, and says what became of all.
    ///
    /// # Errors
    /// As [`EventLines::take`].
    pub async fn finish(mut self) -> Result<BatchResult, WorkbenchError> {
        if self.begun_bytes > 0 {
            self.line().await?;
        }
        self.flush().await?;
        self.answer.rejected.sort_by_key(|rejected| rejected.line);
        Ok(self.answer)
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.begun_bytes = self.begun_bytes.saturating_add(bytes.len());
        let room = (MAX_BODY_BYTES + 1).saturating_sub(self.begun.len());
        self.begun.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    async fn line(&mut self) -> Result<(), WorkbenchError> {
        self.lines += 1;
        let (begun, bytes) = (std::mem::take(&mut self.begun), std::mem::take(&mut self.begun_bytes));
        if bytes > MAX_BODY_BYTES {
            self.answer.reject(self.lines, EventError::TooLarge(bytes));
            return Ok(());
        }
        let text = begun.trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        match parse_draft(text).and_then(|draft| self.workbench.put_together(draft)) {
            Ok(event) => {
                self.batch_bytes += event.body.len();
                let item = Publication { event: Arc::new(event), only: None, arrival: None };
                self.batch.push((self.lines, item));
            }
            Err(error) => self.answer.reject(self.lines, error),
        }
        if self.batch.len() >= CHUNK || self.batch_bytes >= CHUNK_BYTES {
            self.flush().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::Timestamp;

    use super::*;
    use crate::VaultKeySource;

    async fn workbench(folder: &std::path::Path) -> Workbench {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let clock = Clock::manual(Timestamp::from_ms(1_780_000_000_000));
        Workbench::open_with(folder, key, clock).await.unwrap()
    }

    #[tokio::test]
    async fn lines_are_taken_wherever_the_pieces_of_a_body_end() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let text = "{\"event\":\"a.b\",\"id\":\"1\",\"data\":{}}\r\n\n {\"event\":\"a.b\",\"id\":\"2\",\"data\":{}}\nno\n{\"event\":\"a.b\",\"id\":\"1\",\"data\":{}}";
        for (size, accepted) in [(1, 2), (7, 0), (1000, 0)] {
            let mut batch = workbench.events().lines();
            for piece in text.as_bytes().chunks(size) {
                batch.take(piece).await.unwrap();
            }
            let answer = batch.finish().await.unwrap();
            assert_eq!((answer.accepted, answer.duplicates), (accepted, 3 - accepted), "{size}");
            assert_eq!((answer.rejected_count, answer.rejected[0].line), (1, 4), "{size}");
        }
        workbench.close().await;
    }

    #[tokio::test]
    async fn of_wrong_lines_a_thousand_are_listed_and_all_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let mut batch = workbench.events().lines();
        let unknown = format!("{{\"event\":\"a.b\",\"data\":{{}},\"{}\":1}}\n", "k".repeat(100_000));
        batch.take(unknown.as_bytes()).await.unwrap();
        batch.take("x\n".repeat(4999).as_bytes()).await.unwrap();
        let answer = batch.finish().await.unwrap();
        assert_eq!((answer.rejected.len(), answer.rejected_count, answer.accepted), (MAX_REJECTED, 5000, 0));
        assert!(answer.rejected.iter().all(|r| r.error.len() < 300), "{}", answer.rejected[0].error.len());
        workbench.close().await;
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_not_held_and_the_next_one_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let mut batch = workbench.events().lines();
        for _ in 0..40 {
            batch.take(&[b'x'; 100_000]).await.unwrap();
            assert!(batch.begun.capacity() <= 2 * (MAX_BODY_BYTES + 1));
        }
        batch.take(b"\n{\"event\":\"a.b\",\"data\":{}}").await.unwrap();
        let answer = batch.finish().await.unwrap();
        assert_eq!((answer.accepted, answer.rejected_count), (1, 1));
        assert!(answer.rejected[0].error.contains("4000000 bytes"), "{}", answer.rejected[0].error);
        workbench.close().await;
    }
}
