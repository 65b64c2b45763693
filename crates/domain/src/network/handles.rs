//! How the file handles that this process may have are shared out, so that no part of it takes what
//! another needs.

/// Of what each part may have at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandleShares {
    /// Attempts under way at a time; each has a connection, and a socket or two while it looks up a
    /// name.
    pub attempts: usize,
    /// Connections to endpoints that are kept unused.
    pub idle: usize,
    /// Connections of the local API.
    pub api: usize,
    /// Connections of the receiver.
    pub receiver: usize,
}

/// What is left to the database, the log, locks and files that are read now and then.
const fn reserve(limit: usize) -> usize {
    bounded(limit / 4, 32, 128)
}

const fn bounded(n: usize, least: usize, most: usize) -> usize {
    if n < least {
        least
    } else if n > most {
        most
    } else {
        n
    }
}

impl HandleShares {
    /// The shares where this process may have so many handles at a time; `None` where there is no
    /// limit to speak of. With too few for everything each part still gets a little.
    #[must_use]
    pub fn of(limit: Option<u64>) -> Self {
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let api = bounded(limit / 8, 8, 256);
        let receiver = bounded(limit / 16, 8, 64);
        let left = limit.saturating_sub(reserve(limit)).saturating_sub(api).saturating_sub(receiver);
        // A third for attempts, as much again for their lookups, and the rest for what waits.
        let attempts = bounded(left / 3, 4, 256);
        let idle = bounded(left.saturating_sub(attempts * 2), 4, 1024);
        Self { attempts, idle, api, receiver }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_they_never_take_more_than_there_is() {
        for limit in (96..8192).step_by(13) {
            let shares = HandleShares::of(Some(limit));
            let limit = usize::try_from(limit).unwrap();
            let taken = shares.attempts * 2 + shares.idle + shares.api + shares.receiver + reserve(limit);
            assert!(taken <= limit, "{limit}: {shares:?}");
        }
    }

    #[test]
    fn where_there_is_enough_nothing_is_held_back() {
        let all = HandleShares { attempts: 256, idle: 1024, api: 256, receiver: 64 };
        for limit in [None, Some(4096), Some(1 << 20), Some(u64::MAX)] {
            assert_eq!(HandleShares::of(limit), all, "{limit:?}");
        }
        let few = HandleShares { attempts: 48, idle: 48, api: 32, receiver: 16 };
        assert_eq!(HandleShares::of(Some(256)), few);
        let least = HandleShares { attempts: 4, idle: 4, api: 8, receiver: 8 };
        assert_eq!(HandleShares::of(Some(0)), least);
    }
}
