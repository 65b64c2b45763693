//! How often an event has gone round: out of a Hookbench and, through a receiver, in again.

/// The header that counts deliveries of one event, ours and those before it: 1 on the first.
pub const HOPS_HEADER: &str = "x-hookbench-hops";

/// How often an event goes out at most. What came in with this number goes nowhere any more.
pub const MAX_HOPS: u32 = 8;

/// The number of deliveries behind an event that came in with these headers; 0 where they say
/// nothing, or something that is no number. Of several the largest counts.
#[must_use]
pub fn hops_of(headers: &[(String, String)]) -> u32 {
    let said = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HOPS_HEADER));
    said.map(|(_, value)| number(value.trim())).max().unwrap_or(0)
}

fn number(text: &str) -> u32 {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Only a number too large to hold is left to fail.
    if digits { text.parse().unwrap_or(u32::MAX) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_counted_by_the_largest_number_that_is_one() {
        for (values, want) in [
            (&[][..], 0),
            (&["1"], 1),
            (&[" 7 "], 7),
            (&["2", "8", "3"], 8),
            (&["-1"], 0),
            (&["+3"], 0),
            (&["0x8"], 0),
            (&[""], 0),
            (&["8, 9"], 0),
            (&["99999999999999999999"], u32::MAX),
        ] {
            let headers: Vec<_> =
                values.iter().map(|value| ("X-Hookbench-HOPS".to_owned(), (*value).to_owned())).collect();
            assert_eq!(hops_of(&headers), want, "{values:?}");
        }
        assert_eq!(hops_of(&[("x-hops".into(), "5".into())]), 0);
    }
}
