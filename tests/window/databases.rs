//! The window opens where the data cannot, and says what to do.

use hookbench_journeys::{Window, Workplace};

#[tokio::test]
async fn a_damaged_database_can_be_set_aside_and_is_kept() {
    let place = Workplace::new();
    std::fs::create_dir_all(place.data()).unwrap();
    std::fs::write(place.data().join("hookbench.db"), vec![7u8; 8192]).unwrap();
    let window = Window::open(&place, &[]).await;
    window.sees("The database cannot be read").await;
    window.press("Set aside and start fresh…").await;
    window.press("Set aside and start fresh").await;
    window.press("Create a subscription").await;
    window.close().await;
    let kept: Vec<String> = std::fs::read_dir(place.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("set-aside"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read(place.data().join(&kept[0])).unwrap(), vec![7u8; 8192]);
}

#[tokio::test]
async fn beside_a_running_dispatcher_the_window_looks_on_and_can_queue_work() {
    let place = Workplace::new();
    let program = place.start().await;
    let window = Window::open(&place, &[]).await;
    window.sees("hookbench run").await;
    program.terminate().await;
    window.close().await;
}

#[tokio::test]
async fn a_newer_database_is_named_and_left_as_it_is() {
    let place = Workplace::new();
    assert!(place.start().await.terminate().await.success());
    let path = place.data().join("hookbench.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // The format's number, in SQLite's `user_version`.
    bytes[60..64].copy_from_slice(&4711u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let window = Window::open(&place, &[]).await;
    window.sees("written by a newer Hookbench").await;
    window.press("Start the demo instead").await;
    window.sees("Leave the demo").await;
    window.close().await;
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn a_locked_database_opens_once_the_lock_is_gone() {
    let place = Workplace::new();
    assert!(place.start().await.terminate().await.success());
    let lock = lock(&place.data().join("hookbench.db"));
    let window = Window::open(&place, &[]).await;
    window.sees("The database is unavailable").await;
    drop(lock);
    window.press("Try again").await;
    window.sees("Dispatching").await;
    window.close().await;
}

/// Holds the lock that SQLite takes for itself alone: bytes at 1 GiB, as its file format says.
#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
fn lock(path: &std::path::Path) -> std::fs::File {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let (kind, whence) = (i16::try_from(libc::F_WRLCK).unwrap(), i16::try_from(libc::SEEK_SET).unwrap());
    let range = libc::flock { l_type: kind, l_whence: whence, l_start: 0x4000_0000, l_len: 512, l_pid: 0 };
    fcntl(&file, FcntlArg::F_SETLK(&range)).unwrap();
    file
}
