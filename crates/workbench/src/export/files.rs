//! Exports that the window writes: into `exports` in the data folder, which is its owner's alone.

use std::io::Write;
use std::path::PathBuf;

use hookbench_domain::DeliveryId;
use serde::Deserialize;

use super::{ExportFormat, Redaction};
use crate::handles::Exports;
use crate::{DeliveryQuery, Workbench, WorkbenchError};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FileKind {
    /// An incident bundle, which opens in another Hookbench.
    Bundle,
    /// A report for people.
    Markdown,
    /// One line per delivery.
    Csv,
    /// The API's objects.
    Json,
    /// HTTP Archive.
    Har,
    /// Commands that repeat the requests.
    Curl,
}

impl FileKind {
    fn extension(self) -> &'static str {
        match self {
            Self::Bundle => "bundle.json",
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Har => "har",
            Self::Curl => "sh",
        }
    }

    /// The format of a whole log, if it has one.
    fn format(self) -> Option<ExportFormat> {
        match self {
            Self::Csv => Some(ExportFormat::Csv),
            Self::Json => Some(ExportFormat::Json),
            Self::Har => Some(ExportFormat::Har),
            Self::Curl => Some(ExportFormat::Curl),
            Self::Bundle | Self::Markdown => None,
        }
    }
}

impl Workbench {
    fn exports_folder(&self) -> Result<PathBuf, WorkbenchError> {
        let folder = self.folder.join("exports");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(&folder).map_err(|source| WorkbenchError::File { path: folder.clone(), source })?;
        Ok(folder)
    }
}

impl Exports {
    /// One delivery as text of a kind of file.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn file_text(
        &self,
        id: DeliveryId,
        kind: FileKind,
        redaction: Redaction,
    ) -> Result<String, WorkbenchError> {
        match kind.format() {
            Some(format) => self.one(id, format, redaction).await,
            None if kind == FileKind::Markdown => self.report(id, redaction).await,
            None => serde_json::to_string_pretty(&self.bundle(id, redaction).await?)
                .map_err(|error| WorkbenchError::State(error.to_string())),
        }
    }

    /// Writes one delivery into a file. Answers where it is.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing or the file cannot be written.
    pub async fn save_file(
        &self,
        id: DeliveryId,
        kind: FileKind,
        redaction: Redaction,
    ) -> Result<PathBuf, WorkbenchError> {
        let text = self.file_text(id, kind, redaction).await?;
        let path = self.0.exports_folder()?.join(format!("{id}.{}", kind.extension()));
        let mut file = private(&path)?;
        file.write_all(text.as_bytes())
            .map_err(|source| WorkbenchError::File { path: path.clone(), source })?;
        Ok(path)
    }

    /// Writes what the filters name into a file, piece by piece. Answers where it is, and how many
    /// deliveries it holds.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong, or the file that cannot be written.
    pub async fn save_log(
        &self,
        query: &DeliveryQuery,
        kind: FileKind,
        redaction: Redaction,
    ) -> Result<(PathBuf, u64), WorkbenchError> {
        let format = kind.format().ok_or_else(|| {
            WorkbenchError::field("format", "is for one delivery: choose csv, json, har or curl for many")
        })?;
        let mut export = self.start(query, format, redaction).await?;
        let stamp: String =
            self.0.clock.now().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let path = self.0.exports_folder()?.join(format!("deliveries-{stamp}.{}", kind.extension()));
        let mut file = std::io::BufWriter::new(private(&path)?);
        let failed = |source| WorkbenchError::File { path: path.clone(), source };
        while let Some(piece) = export.next().await? {
            file.write_all(&piece).map_err(failed)?;
        }
        file.flush().map_err(failed)?;
        Ok((path, export.written()))
    }
}

fn private(path: &std::path::Path) -> Result<std::fs::File, WorkbenchError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|source| WorkbenchError::File { path: path.to_owned(), source })
}
