//! Finds the status line in the bytes of an HTTP/1 response as they arrive.
//!
//! The HTTP library hands a response over when its whole head came. A status line decides the
//! outcome of an attempt even if the headers after it never end, so it is read here as well.

/// The longest status line that is recognised, in bytes.
const MAX_LINE: usize = 512;

/// The reading of one response.
#[derive(Debug, Default)]
pub(super) struct StatusLine {
    place: Place,
    interim: u32,
}

/// Where it is.
#[derive(Debug, Default)]
enum Place {
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
        Self { place: Place::first_line(), interim: 0 }
    }

    /// The status, if its line was complete.
    pub(super) fn status(&self) -> Option<u16> {
        match &self.place {
            Place::Found(status) => Some(*status),
            Place::Off | Place::Line(_) | Place::Interim(_) => None,
        }
    }

    /// How many informational responses began.
    pub(super) fn interim(&self) -> u32 {
        self.interim
    }

    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match &mut self.place {
                Place::Off | Place::Found(_) => return,
                Place::Line(line) if byte == b'\n' => {
                    let text = line.strip_suffix(b"\r").unwrap_or(line);
                    if !text.is_empty() {
                        self.place = match parse(text) {
                            // 101 ends HTTP on the connection: it is final.
                            Some(status @ 101) => Place::Found(status),
                            Some(100..=199) => {
                                self.interim = self.interim.saturating_add(1);
                                Place::Interim(0)
                            }
                            Some(status) => Place::Found(status),
                            None => Place::Off,
                        };
                    } else {
                        line.clear();
                    }
                }
                Place::Line(line) if line.len() < MAX_LINE => line.push(byte),
                Place::Line(_) => self.place = Place::Off,
                Place::Interim(0) if byte == b'\n' => self.place = Place::first_line(),
                Place::Interim(length) => match byte {
                    b'\n' => *length = 0,
                    b'\r' => {}
                    _ => *length += 1,
                },
            }
        }
    }
}

impl Place {
    fn first_line() -> Self {
        Self::Line(Vec::with_capacity(32))
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
    fn interim_responses_are_counted_for_each_response() {
        let mut line = StatusLine::expect();
        (0..5).for_each(|_| line.read(b"HTTP/1.1 100 Continue\r\n\r\n"));
        line.read(b"HTTP/1.1 101 Switching Protocols\r\n");
        assert_eq!((line.interim(), line.status()), (5, Some(101)));
        assert_eq!(StatusLine::expect().interim(), 0);
    }

    #[test]
    fn what_is_not_a_status_line_has_no_status() {
        for text in ["SSH-2.0-OpenSSH\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 abc\r\n"] {
            assert_eq!(read(&[text]), None, "{text}");
        }
        assert_eq!(read(&[&"x".repeat(10_000), "\nHTTP/1.1 200 OK\r\n"]), None);
    }
}
