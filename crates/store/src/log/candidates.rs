//! What the index of trigrams names for a text, with what nobody needs to ask left out, and
//! remembered for a moment.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Row;

use crate::{Store, StoreError};

/// With fewer candidates than this each is looked at; what more rows may hold is found among the
/// newest of the log.
pub(crate) const CANDIDATES: i64 = 5_000;
/// How many trigrams of a text are looked up.
const TRIGRAMS: usize = 24;
/// How many of the newest rows tell which trigrams stand nearly everywhere and help nobody.
const SAMPLE: i64 = 48;
/// A smaller sample tells nothing.
const SAMPLE_LEAST: usize = 16;
/// How many texts are remembered with their candidates: a screen asks the same one several times.
const REMEMBERED: usize = 4;

/// Rows that may hold a text by what the index knows, as JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Candidates {
    pub(crate) events: String,
    pub(crate) attempts: String,
    pub(crate) count: i64,
}

/// A text, and how far events and attempts are known to the index: what it names is the same for ever.
type Asked = (String, i64, i64);

/// The texts that were asked for last, with what the index named; nothing where that was too much.
#[derive(Clone, Default)]
pub(crate) struct Remembered(Arc<Mutex<VecDeque<Answered>>>);

/// What a question came to.
type Answered = (Asked, Option<Arc<Candidates>>);

impl Remembered {
    fn find(&self, asked: &Asked) -> Option<Option<Arc<Candidates>>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().find(|(known, _)| known == asked).map(|(_, candidates)| candidates.clone())
    }

    fn keep(&self, asked: Asked, candidates: Option<Arc<Candidates>>) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.retain(|(known, _)| known.0 != asked.0);
        texts.push_front((asked, candidates));
        texts.truncate(REMEMBERED);
    }
}

/// One of the two indexes: a sample of its rows, and how it is asked.
struct Index {
    sample: &'static str,
    ask: &'static str,
}

const EVENTS: Index = Index {
    sample: "select json_group_array(text) from (select event_id || char(10) || substr(cast(body as text), 1, 4096) as text
      from events where seq <= ?1 order by seq desc limit ?2)",
    ask: "select json_group_array(rowid), count(*) from
      (select rowid from search_events where search_events match ?1 limit ?2)",
};
const ATTEMPTS: Index = Index {
    sample: "select json_group_array(text) from (select substr(cast(coalesce(response_body, x'') as text), 1, 4096) as text
      from attempts where seq <= ?1 order by seq desc limit ?2)",
    ask: "select json_group_array(rowid), count(*) from
      (select rowid from search_attempts where search_attempts match ?1 limit ?2)",
};

/// The trigrams of a text that are worth looking up; none where it is too short.
fn trigrams(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let count = chars.len().saturating_sub(2);
    let step = count.div_ceil(TRIGRAMS).max(1);
    let mut found: Vec<String> = Vec::new();
    for at in (0..count).step_by(step) {
        let three: String = chars.iter().skip(at).take(3).collect();
        if !found.contains(&three) {
            found.push(three);
        }
    }
    found
}

/// What to ask the index: the trigrams but for those that most of the sample has. `None` where none
/// is left.
fn question(trigrams: &[String], sample: &[String]) -> Option<String> {
    let sample: Vec<String> = sample.iter().map(|text| text.to_lowercase()).collect();
    let common = |three: &String| {
        let three = three.to_lowercase();
        let having = sample.iter().filter(|text| text.contains(&three)).count();
        sample.len() > SAMPLE_LEAST && having * 4 > sample.len() * 3
    };
    let quoted: Vec<String> = trigrams
        .iter()
        .filter(|three| !common(three))
        .map(|three| format!("\"{}\"", three.replace('"', "\"\"")))
        .collect();
    (!quoted.is_empty()).then(|| quoted.join(" AND "))
}

impl Store {
    /// Which rows may hold a text by what the index knows; `None` where those are many.
    pub(crate) async fn may_hold(
        &self,
        text: &str,
        events_to: i64,
        attempts_to: i64,
    ) -> Result<Option<Arc<Candidates>>, StoreError> {
        let asked = (text.to_owned(), events_to, attempts_to);
        if let Some(known) = self.remembered.find(&asked) {
            return Ok(known);
        }
        let trigrams = trigrams(text);
        let found = match self.named(&EVENTS, &trigrams, events_to).await? {
            Some((events, some)) => {
                let named = self.named(&ATTEMPTS, &trigrams, attempts_to).await?;
                named.map(|(attempts, more)| Candidates { events, attempts, count: some + more })
            }
            None => None,
        };
        let found = found.filter(|found| found.count < CANDIDATES).map(Arc::new);
        self.remembered.keep(asked, found.clone());
        Ok(found)
    }

    /// The rows that one index names, as JSON, and how many; `None` where those are many.
    async fn named(
        &self,
        index: &Index,
        trigrams: &[String],
        to: i64,
    ) -> Result<Option<(String, i64)>, StoreError> {
        let row = sqlx::query(index.sample).bind(to).bind(SAMPLE).fetch_one(&self.readers).await?;
        // Bodies need not be text; a sample that cannot be read tells nothing.
        let sample: Vec<u8> = row.try_get_unchecked(0)?;
        let sample: Vec<String> = serde_json::from_str(&String::from_utf8_lossy(&sample)).unwrap_or_default();
        let Some(question) = question(trigrams, &sample) else { return Ok(None) };
        let (rows, count): (String, i64) =
            sqlx::query_as(index.ask).bind(question).bind(CANDIDATES).fetch_one(&self.readers).await?;
        Ok(Some((rows, count)).filter(|(_, count)| *count < CANDIDATES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_up_by_its_trigrams() {
        assert_eq!(trigrams("abcd"), ["abc", "bcd"]);
        assert_eq!(trigrams("aaaa"), ["aaa"]);
        assert!(trigrams("ab").is_empty() && question(&[], &[]).is_none());
        assert!(trigrams(&"abcdefg".repeat(70)).len() <= TRIGRAMS);
        assert_eq!(question(&trigrams("a\"b"), &[]).unwrap(), "\"a\"\"b\"");
    }

    #[test]
    fn what_stands_everywhere_is_not_looked_up() {
        let sample: Vec<String> = (0..40).map(|n| format!("CLK_{n:03}")).collect();
        assert_eq!(question(&trigrams("clk_037"), &sample).unwrap(), "\"_03\" AND \"037\"");
        assert_eq!(question(&trigrams("clk_"), &sample), None);
        assert!(question(&trigrams("clk_"), &sample[..SAMPLE_LEAST]).is_some(), "too few tell nothing");
    }

    #[test]
    fn few_texts_are_remembered_and_each_as_the_index_knew_it() {
        let remembered = Remembered::default();
        for n in 0..6 {
            remembered.keep((format!("text {n}"), 1, 1), None);
        }
        assert_eq!(remembered.find(&("text 5".into(), 1, 1)), Some(None));
        assert_eq!(remembered.find(&("text 5".into(), 2, 1)), None, "the index knows more since");
        assert_eq!(remembered.find(&("text 1".into(), 1, 1)), None);
    }
}
