//! The same happenings in each platform's words.

mod generic;
mod track360;
mod trackdesk;
mod trcker;

pub(crate) use generic::generic;
pub(crate) use track360::track360;
pub(crate) use trackdesk::trackdesk;
pub(crate) use trcker::trcker;

/// Cents as a decimal with two digits: 1260 is `12.60`.
fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_two_digits() {
        assert_eq!([0, 5, 60, 1260, 100_000].map(decimal), ["0.00", "0.05", "0.60", "12.60", "1000.00"]);
    }
}
