//! Deliveries as files: CSV, JSON, HAR or cURL, one delivery at a time, so that memory does not grow
//! with the log.

pub(crate) mod curl;

mod bundle;
mod csv;
mod files;
mod har;
mod known;
mod markdown;
mod redact;

use std::collections::VecDeque;

use hookbench_domain::DeliveryId;
use hookbench_signature::Blank;
use hookbench_store::{DeliveryFilter, DeliverySummary};

pub use bundle::{Bundle, BundleView};
pub use files::FileKind;
pub use redact::Redaction;

use crate::deliveries::views::{AttemptView, DeliveryDetail};
use crate::export::curl::command;
use crate::handles::Exports;
use crate::{DeliveryQuery, Workbench, WorkbenchError};

/// How many lines of the log are read at once.
const PAGE: u32 = 100;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One line per delivery, for spreadsheets.
    Csv,
    /// The same objects as the API's.
    Json,
    /// HTTP Archive 1.2: one entry per attempt.
    Har,
    /// One command per delivery, which repeats its last request.
    Curl,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Har, Self::Curl];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Har => "har",
            Self::Curl => "curl",
        }
    }

    /// The media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json | Self::Har => "application/json",
            Self::Curl => "text/x-shellscript; charset=utf-8",
        }
    }
}

impl std::str::FromStr for ExportFormat {
    type Err = WorkbenchError;
    fn from_str(name: &str) -> Result<Self, WorkbenchError> {
        Self::ALL.into_iter().find(|f| f.as_str() == name).ok_or_else(|| {
            WorkbenchError::field(
                "format",
                format!("there is no format `{name}`: choose csv, json, har, curl"),
            )
        })
    }
}

/// An export under way: ask for its pieces until there are none.
pub struct Export {
    workbench: Workbench,
    filter: DeliveryFilter,
    left: Option<u32>,
    format: ExportFormat,
    redaction: Redaction,
    waiting: VecDeque<DeliverySummary>,
    /// The secrets that are blanked by value, once they are known.
    blank: Option<Blank>,
    read_all: bool,
    stage: Stage,
    written: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Items,
    Done,
}

impl Workbench {
    /// The secrets that are blanked by value.
    async fn blanked_in(&self, redaction: Redaction) -> Blank {
        if redaction.secrets { self.known_secrets().await } else { Blank::new([], known::MASK) }
    }
}

impl Exports {
    /// Begins an export of what the filters name, newest first; of all pages unless `limit` is given.
    /// The first page is read at once, so that what cannot begin says so before anything is written.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter or cursor that is wrong, or when the log cannot be read.
    pub async fn start(
        &self,
        query: &DeliveryQuery,
        format: ExportFormat,
        redaction: Redaction,
    ) -> Result<Export, WorkbenchError> {
        let left = query.limit;
        if left == Some(0) {
            return Err(WorkbenchError::field("limit", "1 or more; all of them if it is left out"));
        }
        let paged = DeliveryQuery { limit: Some(PAGE), ..query.clone() };
        let filter = paged.filter(self.0.clock.now())?;
        let mut export = Export {
            workbench: self.0.clone(),
            filter,
            left,
            format,
            redaction,
            waiting: VecDeque::new(),
            blank: None,
            read_all: false,
            stage: Stage::Head,
            written: 0,
        };
        export.read_page().await?;
        Ok(export)
    }

    /// One delivery in a format, or as Markdown for people.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn one(
        &self,
        id: DeliveryId,
        format: ExportFormat,
        redaction: Redaction,
    ) -> Result<String, WorkbenchError> {
        let detail = self.0.deliveries().get(id).await?;
        let blank = self.0.blanked_in(redaction).await;
        let mut text = head(format).to_owned();
        text.push_str(&masked(format, detail, true, redaction, &blank)?);
        text.push_str(tail(format));
        Ok(text)
    }
}

impl Export {
    /// How many deliveries were written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The next piece of the file; `None` when it is whole.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the log cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, WorkbenchError> {
        if self.stage == Stage::Head {
            self.stage = Stage::Items;
            let head = head(self.format);
            if !head.is_empty() {
                return Ok(Some(head.as_bytes().to_vec()));
            }
        }
        while self.stage == Stage::Items {
            let Some(summary) = self.next_summary().await? else {
                self.stage = Stage::Done;
                return Ok(Some(tail(self.format).as_bytes().to_vec()));
            };
            // What retention removed meanwhile is left out.
            let detail = match self.workbench.deliveries().get(summary.id).await {
                Ok(detail) => detail,
                Err(error) if error.code() == "not_found" => continue,
                Err(error) => return Err(error),
            };
            let blank = match &self.blank {
                Some(blank) => blank.clone(),
                None => self.blank.insert(self.workbench.blanked_in(self.redaction).await).clone(),
            };
            let text = masked(self.format, detail, self.written == 0, self.redaction, &blank)?;
            if text.is_empty() {
                continue;
            }
            self.written += 1;
            return Ok(Some(text.into_bytes()));
        }
        Ok(None)
    }

    async fn read_page(&mut self) -> Result<(), WorkbenchError> {
        let page = self.workbench.store.deliveries(&self.filter).await?;
        self.read_all = page.next_cursor.is_none();
        self.filter.cursor = page.next_cursor;
        self.waiting = page.items.into();
        Ok(())
    }

    async fn next_summary(&mut self) -> Result<Option<DeliverySummary>, WorkbenchError> {
        if self.left == Some(0) {
            return Ok(None);
        }
        while self.waiting.is_empty() && !self.read_all {
            self.read_page().await?;
        }
        let next = self.waiting.pop_front();
        if let (Some(_), Some(left)) = (&next, &mut self.left) {
            *left -= 1;
        }
        Ok(next)
    }
}

fn head(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => csv::HEAD,
        ExportFormat::Json => "{\"items\":[",
        ExportFormat::Har => har::HEAD,
        ExportFormat::Curl => "#!/bin/sh\n",
    }
}

fn tail(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv | ExportFormat::Curl => "",
        ExportFormat::Json => "\n],\"next_cursor\":null}\n",
        ExportFormat::Har => "\n]}}\n",
    }
}

/// One delivery without what is masked: by name, and by value before and after it is written.
fn masked(
    format: ExportFormat,
    detail: DeliveryDetail,
    first: bool,
    redaction: Redaction,
    blank: &Blank,
) -> Result<String, WorkbenchError> {
    let mut detail = redaction.delivery(detail);
    known::blank_delivery(&mut detail, blank);
    item(format, &detail, first, blank)
}

/// One delivery; `first` if nothing stands before it.
fn item(
    format: ExportFormat,
    detail: &DeliveryDetail,
    first: bool,
    blank: &Blank,
) -> Result<String, WorkbenchError> {
    let json = |error: serde_json::Error| WorkbenchError::State(error.to_string());
    let before = if first { "\n" } else { ",\n" };
    Ok(match format {
        ExportFormat::Csv => blank.text(&csv::line(detail)).into_owned(),
        ExportFormat::Json => {
            let mut value = serde_json::to_value(detail).map_err(json)?;
            known::blank_value(&mut value, blank);
            format!("{before}{value}")
        }
        ExportFormat::Har => {
            let entries: Vec<String> = detail
                .attempts
                .iter()
                .filter_map(|attempt| har::entry(detail, attempt))
                .map(|mut entry| {
                    known::blank_value(&mut entry, blank);
                    entry.to_string()
                })
                .collect();
            if entries.is_empty() { String::new() } else { format!("{before}{}", entries.join(",\n")) }
        }
        ExportFormat::Curl => match last_sent(detail) {
            Some(attempt) => {
                let request = attempt.request.as_ref().map(command).unwrap_or_default();
                let request = blank.text(&request);
                format!(
                    "\n# {} {} {}\n{request}\n",
                    detail.delivery.id, detail.delivery.event_type, attempt.started_at
                )
            }
            None => String::new(),
        },
    })
}

/// The last attempt of which something was sent.
fn last_sent(detail: &DeliveryDetail) -> Option<&AttemptView> {
    detail.attempts.iter().rev().find(|a| a.request.is_some())
}
