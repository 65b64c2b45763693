//! What an attempt has learned so far. It outlives the attempt's future, so a deadline loses
//! nothing that was known.

use std::sync::Arc;
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_domain::{Connection, Outcome, RequestRecord, ResponseRecord, Timings};

use super::failure::Failure;
use super::report::WireReport;
use super::stream::Watch;

/// Where an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Resolving,
    Connecting,
    Tls,
    Waiting,
}

impl Step {
    const fn in_words(self) -> &'static str {
        match self {
            Self::Resolving => "while resolving the host name",
            Self::Connecting => "while connecting",
            Self::Tls => "during the TLS handshake",
            Self::Waiting => "while waiting for the status",
        }
    }
}

/// An attempt under way.
pub(super) struct Progress {
    watch: Stopwatch,
    step: Step,
    step_watch: Option<Stopwatch>,
    timings: Timings,
    /// The connection in use.
    pub(super) connection: Connection,
    /// What came back so far; set when the whole head came.
    pub(super) response: Option<ResponseRecord>,
    /// The HTTP/1 connection in use, which knows the status line before the head is complete.
    pub(super) line: Option<Arc<Watch>>,
}

impl Progress {
    pub(super) fn start() -> Self {
        Self {
            watch: Stopwatch::start(),
            step: Step::Waiting,
            step_watch: None,
            timings: Timings::default(),
            connection: Connection::default(),
            response: None,
            line: None,
        }
    }

    /// Enters a step, ending the one before.
    pub(super) fn enter(&mut self, step: Step) {
        self.leave();
        self.step = step;
        self.step_watch = Some(Stopwatch::start());
    }

    /// Ends the step that was entered last and keeps how long it took.
    fn leave(&mut self) {
        let Some(watch) = self.step_watch.take() else { return };
        let us = Some(watch.us());
        match self.step {
            Step::Resolving => self.timings.dns_us = us,
            Step::Connecting => self.timings.connect_us = us,
            Step::Tls => self.timings.tls_us = us,
            Step::Waiting => {}
        }
    }

    /// The status and headers came.
    pub(super) fn head_came(&mut self, status: u16, headers: Vec<(String, String)>) {
        self.timings.first_byte_us = Some(self.watch.us());
        self.response = Some(ResponseRecord { status, headers, body: Vec::new(), truncated: false });
    }

    /// Keeps what fits of the next piece of body; `false` when it does not fit whole.
    pub(super) fn body_came(&mut self, piece: &[u8], cap: usize) -> bool {
        let Some(response) = &mut self.response else { return false };
        let room = cap.saturating_sub(response.body.len());
        response.body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            response.truncated = true;
        }
        piece.len() <= room
    }

    /// The body did not come whole.
    pub(super) fn body_cut(&mut self) {
        if let Some(response) = &mut self.response {
            response.truncated = true;
        }
    }

    /// The deadline passed. With a status that only cuts the body.
    pub(super) fn out_of_time(&mut self, deadline: Duration) -> Failure {
        self.body_cut();
        let error = format!(
            "no status within {} ms: the time ran out {}",
            deadline.as_millis(),
            self.step.in_words()
        );
        Failure::new(Outcome::Timeout, error)
    }

    /// The end. A status line that was received decides the outcome: when the head broke off after
    /// it, or cannot be read, the response has that status and nothing else.
    pub(super) fn report(mut self, request: RequestRecord, failure: Option<Failure>) -> WireReport {
        self.leave();
        self.timings.total_us = self.watch.us();
        let idle_closed = failure.as_ref().is_some_and(|failure| failure.idle_closed);
        // What broke off, ran out of time, or could not be read after its first line.
        let cut = failure.as_ref().is_some_and(|failure| {
            !failure.bound && matches!(failure.outcome, Outcome::Timeout | Outcome::Reset | Outcome::Protocol)
        });
        if cut && self.response.is_none() {
            self.response = self.line.as_ref().and_then(|line| line.status()).map(|status| ResponseRecord {
                status,
                headers: Vec::new(),
                body: Vec::new(),
                truncated: true,
            });
            if self.response.is_some() {
                self.timings.first_byte_us = Some(self.timings.total_us);
            }
        }
        let local_shortage =
            self.response.is_none() && failure.as_ref().is_some_and(|failure| failure.local_shortage);
        let (outcome, error) = match (&self.response, failure) {
            (Some(response), _) => (Outcome::of_status(response.status), None),
            (None, Some(failure)) => (failure.outcome, Some(failure.error)),
            (None, None) => (Outcome::Reset, Some("the connection ended before a status".to_owned())),
        };
        WireReport {
            outcome,
            error,
            local_shortage,
            timings: self.timings,
            request,
            response: self.response,
            connection: self.connection,
            idle_closed,
        }
    }
}
