//! Signature tools and the retry plan: nothing of these needs a data folder.

pub(crate) mod diagnose;
pub(crate) mod lab;

use hookbench_ambient::Stopwatch;
use hookbench_diagnosis::{Autopsy, GivenSecret, Input, Plan, Role, diagnose_within, diagnosis_budget};
use hookbench_domain::{Timestamp, parse_when};
use hookbench_platform::{profile, profiles};
use hookbench_signature::{Message, Scheme, Secret, Verification, identify, sign, verify};
use serde::Serialize;

use crate::WorkbenchError;
use crate::lengthy::{LIMIT, THOROUGH_LIMIT};

/// What to sign.
pub struct SignRequest {
    /// By which rules.
    pub scheme: Scheme,
    /// The secrets, the current one first.
    pub secrets: Vec<Secret>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// The event's id; taken from the body if left out.
    pub id: Option<String>,
    /// The time that is signed.
    pub at: Timestamp,
}

impl SignRequest {
    /// The headers that a delivery of this body would carry.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the secret does not fit the scheme.
    pub fn headers(&self) -> Result<Vec<(String, String)>, WorkbenchError> {
        for secret in &self.secrets {
            secret.check_for(self.scheme)?;
        }
        let identity = identify(self.scheme, &[], &self.body);
        let id = self.id.clone().unwrap_or(identity.id);
        let message = Message {
            id: &id,
            timestamp: self.at.unix_seconds(),
            event_type: &identity.event_type,
            body: &self.body,
        };
        Ok(sign(self.scheme, &self.secrets, &message)?)
    }
}

/// What to verify.
pub struct VerifyRequest {
    /// By which rules.
    pub scheme: Scheme,
    /// The secrets, any of which may match.
    pub secrets: Vec<Secret>,
    /// The request's headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// The time to judge by.
    pub at: Timestamp,
    /// How far the signed time may lie off, in seconds.
    pub tolerance_s: i64,
}

impl VerifyRequest {
    /// Checks the request, step by step.
    #[must_use]
    pub fn verify(&self) -> Verification {
        verify(
            self.scheme,
            &self.secrets,
            &self.headers,
            &self.body,
            self.at.unix_seconds(),
            self.tolerance_s,
        )
    }
}

/// What to take apart.
pub struct DiagnoseRequest {
    /// The rules that are expected; recognised from the headers if absent.
    pub scheme: Option<Scheme>,
    /// The secrets, each with what to call it; the first is the configured one, the others are
    /// candidates.
    pub secrets: Vec<(String, Secret)>,
    /// The request's headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// The time to judge by.
    pub at: Timestamp,
    /// How far the signed time may lie off, in seconds.
    pub tolerance_s: i64,
    /// Whether to search longer.
    pub thorough: bool,
}

impl DiagnoseRequest {
    /// Searches for the mistake. Takes up to three seconds of one core, more where it is thorough: not for a thread that answers
    /// others.
    #[must_use]
    pub fn diagnose(self) -> Autopsy {
        let role = |index| if index == 0 { Role::Configured } else { Role::Candidate };
        let secrets: Vec<GivenSecret> = (0..)
            .zip(self.secrets)
            .map(|(index, (name, secret))| GivenSecret { name, secret, role: role(index) })
            .collect();
        let input = Input {
            scheme: self.scheme,
            secrets: &secrets,
            headers: &self.headers,
            body: &self.body,
            now_unix_s: self.at.unix_seconds(),
            tolerance_s: self.tolerance_s,
            thorough: self.thorough,
        };
        let (started, limit) = (Stopwatch::start(), if self.thorough { THOROUGH_LIMIT } else { LIMIT });
        let stop = || started.elapsed() > limit;
        diagnose_within(&input, &diagnosis_budget(self.thorough, &stop))
    }
}

/// A platform's schedule, drawn.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ScheduleView {
    /// The platform.
    pub platform: String,
    /// When each attempt falls and what an outage would do.
    #[serde(flatten)]
    pub plan: Plan,
}

impl crate::Workbench {
    /// Draws a platform's schedule; times are RFC 3339 or ages, `from` is now if left out.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming what cannot be read.
    pub fn schedule(
        &self,
        platform: &str,
        from: Option<&str>,
        down_until: Option<&str>,
    ) -> Result<ScheduleView, WorkbenchError> {
        let now = self.now();
        let when = |text: Option<&str>| text.map(|t| parse_when(t, now)).transpose();
        ScheduleView::of(platform, when(from)?.unwrap_or(now), when(down_until)?)
    }
}

impl ScheduleView {
    /// Draws the schedule of a platform for an event first sent at `from`, with the receiver down
    /// until `down_until`.
    ///
    /// # Errors
    /// [`WorkbenchError::Field`] when there is no such platform.
    pub fn of(
        platform: &str,
        from: Timestamp,
        down_until: Option<Timestamp>,
    ) -> Result<Self, WorkbenchError> {
        let profile = profile(platform).ok_or_else(|| {
            let known: Vec<&str> = profiles().iter().map(|p| p.name.as_str()).collect();
            WorkbenchError::field(
                "platform",
                format!("there is no platform `{platform}`: choose {}", known.join(", ")),
            )
        })?;
        Ok(Self { platform: profile.name.clone(), plan: Plan::draw(&profile.policy, from, down_until) })
    }
}
