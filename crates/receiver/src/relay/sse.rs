//! Server-sent events, read from bytes as they come. Pure.

use super::RelayError;

/// The most bytes of one event (8 MiB): a body of 1 MiB may be escaped to six times its size.
pub const MAX_SSE_BYTES: usize = 8 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// Its name; empty for a plain message.
    pub name: String,
    /// Its data, lines joined with line feeds.
    pub data: String,
    /// The last id that the stream gave, up to this event.
    pub last_id: Option<String>,
}

/// Reads a stream, piece by piece.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    data: Vec<u8>,
    name: String,
    last_id: Option<String>,
    /// The last byte was a carriage return: a line feed now belongs to it.
    after_cr: bool,
    started: bool,
}

impl SseParser {
    /// Takes bytes and answers the events that they complete.
    ///
    /// # Errors
    /// [`RelayError::TooLarge`] for an event over [`MAX_SSE_BYTES`]; the stream is of no more use.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, RelayError> {
        let mut events = Vec::new();
        for byte in bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => {
                    self.after_cr = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(&line));
                }
                byte => {
                    if self.line.len() + self.data.len() >= MAX_SSE_BYTES {
                        return Err(RelayError::TooLarge(MAX_SSE_BYTES / (1024 * 1024)));
                    }
                    self.line.push(*byte);
                }
            }
        }
        Ok(events)
    }

    fn end_line(&mut self, line: &[u8]) -> Option<SseEvent> {
        let line = if std::mem::replace(&mut self.started, true) {
            line
        } else {
            line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
        };
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let mut data = std::mem::take(&mut self.data);
            data.pop()?;
            let data = String::from_utf8_lossy(&data).into_owned();
            return Some(SseEvent { name, data, last_id: self.last_id.clone() });
        }
        let (field, value) = match line.iter().position(|b| *b == b':') {
            Some(0) => return None,
            Some(at) => {
                let (field, rest) = line.split_at(at);
                let value = rest.strip_prefix(b": ").or_else(|| rest.strip_prefix(b":")).unwrap_or(rest);
                (field, value)
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            b"id" if !value.contains(&0) => {
                let id: String = String::from_utf8_lossy(value).chars().take(255).collect();
                self.last_id = Some(id);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<SseEvent> {
        SseParser::default().push(text.as_bytes()).unwrap()
    }

    fn event(name: &str, data: &str, id: Option<&str>) -> SseEvent {
        SseEvent { name: name.into(), data: data.into(), last_id: id.map(Into::into) }
    }

    #[test]
    fn events_have_a_name_data_and_the_last_id() {
        let text = "\u{feff}id: 0\nevent: ready\ndata: {}\n\n: a comment\ndata:one\r\ndata: two\r\rid\ndata\n\nid: 7\n\n";
        let got = all(text);
        assert_eq!(
            got,
            [event("ready", "{}", Some("0")), event("", "one\ntwo", Some("0")), event("", "", Some(""))]
        );
        assert_eq!(all("data: half"), []);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut parser = SseParser::default();
        let line = vec![b'x'; 1024 * 1024];
        let ended = (0..9).try_for_each(|_| parser.push(&line).map(|_| ()));
        assert_eq!(ended, Err(RelayError::TooLarge(8)));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in "[a\\n\\r:d ]{0,60}", cut in 0usize..60) {
            let text = format!("data: {text}\n\n");
            let cut = text.char_indices().map(|(at, _)| at).nth(cut.min(text.len() - 1)).unwrap_or(0);
            let mut parser = SseParser::default();
            let mut got = parser.push(&text.as_bytes()[..cut]).unwrap();
            got.extend(parser.push(&text.as_bytes()[cut..]).unwrap());
            prop_assert_eq!(got, all(&text));
        }
    }
}
