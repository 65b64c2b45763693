//! Finds the status line in the bytes of an HTTP/1 response as they arrive.
//!
//! The HTTP library hands a response over when its whole head came. A status line decides the
//! outcome of an attempt even if the headers after it never end, so it is read here as well.

/// The longest status line that is recognised, in bytes.
const MAX_LINE: usize = 512;

/// Where the reading of one response is.
#[derive(Debug, Default)]
pub(super) enum StatusLine {
    /// Nothing to find, or no longer.
    #[default]
    Off,
    /// Inside the first line.
    Line(Vec<u8>),
    /// Inside the headers of an interim (1xx) response; how long its current line is.
    Interim(usize),
    /// The status of the final response.
    Found(u16),
}

impl StatusLine {
    /// Before a response.
    pub(super) fn expect() -> Self {
        Self::Line(Vec::with_capacity(32))
    }

    /// The status, if its line was complete.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Found(status) => Some(*status),
            Self::Off | Self::Line(_) | Self::Interim(_) => None,
        }
    }

    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match self {
                Self::Off | Self::Found(_) => return,
                Self::Line(line) if byte == b'\n' => {
                    let text = line.strip_suffix(b"\r").unwrap_or(line);
                    if !text.is_empty() {
                        *self = match parse(text) {
                            // 101 ends HTTP on the connection: it is final.
                            Some(status @ 101) => Self::Found(status),
                            Some(100..=199) => Self::Interim(0),
                            Some(status) => Self::Found(status),
                            None => Self::Off,
                        };
                    } else {
                        line.clear();
                    }
                }
                Self::Line(line) if line.len() < MAX_LINE => line.push(byte),
                Self::Line(_) => *self = Self::Off,
                Self::Interim(0) if byte == b'\n' => *self = Self::expect(),
                Self::Interim(length) => match byte {
                    b'\n' => *length = 0,
                    b'\r' => {}
                    _ => *length += 1,
                },
            }
        }
    }
}

fn parse(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.1 ").or_else(|| line.strip_prefix(b"HTTP/1.0 "))?;
    let (code, after) = rest.split_at_checked(3)?;
    if !matches!(after.first(), None | Some(b' ')) {
        return None;
    }
    std::str::from_utf8(code).ok()?.parse().ok().filter(|code| (100..=999).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> Option<u16> {
        let mut line = StatusLine::expect();
        pieces.iter().for_each(|piece| line.read(piece.as_bytes()));
        line.status()
    }

    #[test]
    fn a_status_counts_once_its_line_is_complete() {
        assert_eq!(read(&["HTTP/1.1 200 OK\r\n"]), Some(200));
        assert_eq!(read(&["HT", "TP/1.0 50", "3\n"]), Some(503));
        assert_eq!(read(&["HTTP/1.1 200 OK\r"]), None);
        assert_eq!(read(&["HTTP/1.1 200"]), None);
    }

    #[test]
    fn interim_responses_are_passed_over() {
        assert_eq!(read(&["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n"]), Some(204));
        assert_eq!(
            read(&["HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r", "\nHTTP/1.1 410 Gone\r\n"]),
            Some(410)
        );
        assert_eq!(read(&["HTTP/1.1 100 Continue\r\nA: b\r\n"]), None);
    }

    #[test]
    fn what_is_not_a_status_line_has_no_status() {
        for text in ["SSH-2.0-OpenSSH\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 abc\r\n"] {
            assert_eq!(read(&[text]), None, "{text}");
        }
        assert_eq!(read(&[&"x".repeat(10_000), "\nHTTP/1.1 200 OK\r\n"]), None);
    }
}
