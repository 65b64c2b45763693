//! How many files and connections this process may have open at a time.

/// Lets this process open as many files as it is allowed to: its soft limit is raised to the hard
/// one. Returns how many that are; `None` where the system has no such limit.
#[must_use]
pub fn raise_open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        // Where it cannot be raised, what there is has to do.
        rlimit::increase_nofile_limit(rlimit::INFINITY).ok().or_else(open_files)
    }
    #[cfg(not(unix))]
    {
        None
    }
}

/// How many files this process may have open now; `None` where the system has no such limit.
#[must_use]
pub fn open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        rlimit::Resource::NOFILE.get_soft().ok()
    }
    #[cfg(not(unix))]
    {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_becomes_the_hard_one() {
        let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
        let raised = raise_open_files();
        assert_eq!(raised, open_files());
        if cfg!(target_os = "linux") {
            assert_eq!(raised, Some(hard));
        }
    }
}
