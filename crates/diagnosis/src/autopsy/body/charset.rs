//! Bodies read in one character set and written in another.

/// What Windows-1252 holds at 0x80 to 0x9f; its five gaps are the control characters.
const WINDOWS: [u16; 32] = [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
    0x153, 0x9d, 0x17e, 0x178,
];

fn from_single(b: u8, windows: bool) -> char {
    match b {
        0x80..=0x9f if windows => char::from_u32(u32::from(WINDOWS[usize::from(b - 0x80)])).unwrap_or('?'),
        b => char::from(b),
    }
}

fn to_single(c: char, windows: bool) -> Option<u8> {
    let code = u32::from(c);
    if windows && let Some(at) = WINDOWS.iter().position(|w| u32::from(*w) == code) {
        return u8::try_from(0x80 + at).ok();
    }
    u8::try_from(code).ok().filter(|b| !windows || !(0x80..=0x9f).contains(b))
}

/// Hands on every other reading of the body, with a word on each.
pub(in crate::autopsy) fn each_reading(body: &[u8], each: &mut dyn FnMut(Vec<u8>, &'static str)) {
    let text = std::str::from_utf8(body).ok();
    if !body.is_ascii() {
        for (windows, to, from) in [
            (false, "signed in ISO 8859-1", "ISO 8859-1 taken for UTF-8"),
            (true, "signed in Windows-1252", "Windows-1252 taken for UTF-8"),
        ] {
            let single =
                text.and_then(|t| t.chars().map(|c| to_single(c, windows)).collect::<Option<Vec<u8>>>());
            if let Some(single) = single {
                // What was decoded twice comes back by encoding twice.
                let twice = std::str::from_utf8(&single)
                    .ok()
                    .and_then(|t| t.chars().map(|c| to_single(c, windows)).collect::<Option<Vec<u8>>>());
                each(single, to);
                if let Some(twice) = twice {
                    each(twice, to);
                }
            }
            each(body.iter().map(|b| from_single(*b, windows)).collect::<String>().into_bytes(), from);
        }
    }
    match text {
        Some(text) => {
            let marked = format!("\u{feff}{text}");
            for (text, le, be) in [
                (text, "signed in UTF-16, little-endian", "signed in UTF-16, big-endian"),
                (&marked, "signed in UTF-16 with a mark", "signed in UTF-16, big-endian, with a mark"),
            ] {
                each(text.encode_utf16().flat_map(u16::to_le_bytes).collect(), le);
                each(text.encode_utf16().flat_map(u16::to_be_bytes).collect(), be);
            }
            if !text.is_ascii() {
                let ascii = |c: char| if c.is_ascii() { c } else { '?' };
                each(
                    text.chars().map(ascii).collect::<String>().into_bytes(),
                    "signed with ? for what is not ASCII",
                );
                each(
                    text.chars().filter(char::is_ascii).collect::<String>().into_bytes(),
                    "signed without what is not ASCII",
                );
            }
        }
        None => {
            let lossy = String::from_utf8_lossy(body).into_owned();
            each(lossy.into_bytes(), "signed with replacement characters for what is not UTF-8");
        }
    }
    for unit in [u16::from_le_bytes, u16::from_be_bytes] {
        if let Some(text) = utf16(body, unit) {
            each(text, "signed in UTF-8, received in UTF-16");
        }
    }
}

fn utf16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Vec<u8>> {
    if body.len() < 2 || !body.len().is_multiple_of(2) || !body.contains(&0) {
        return None;
    }
    let units: Vec<u16> = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).ok()?;
    Some(text.trim_start_matches('\u{feff}').as_bytes().to_vec())
}

/// Calls `each` with every body whose lost characters are found again: one or two replacement
/// characters, or a run of one or two question marks, until it answers true.
pub(in crate::autopsy) fn each_found(body: &[u8], mut each: impl FnMut(&[u8], &'static str) -> bool) {
    const WORD: &str = "signed in UTF-8 and read as ASCII, which lost a letter";
    if body.len() >= 65_536 || replaced(body, &mut |body| each(body, REPLACED)) {
        return;
    }
    let mut runs = Vec::new();
    for mark in ["?", "\u{fffd}"] {
        let mark = mark.as_bytes();
        let mut at = 0;
        while at < body.len() {
            let count = body[at..].chunks(mark.len()).take_while(|c| *c == mark).count();
            if (1..=2).contains(&count) && runs.len() < 4 {
                runs.push((at, count * mark.len(), count));
            }
            at += (count * mark.len()).max(1);
        }
    }
    for (at, length, count) in runs {
        let most = if count == 1 { '\u{24f}' } else { '\u{7ff}' };
        for c in ('\u{80}'..=most).chain(['€', '–', '—', '’', '“', '”', '…']) {
            let mut text = [0; 4];
            let found = [&body[..at], c.encode_utf8(&mut text).as_bytes(), &body[at + length..]].concat();
            if each(&found, WORD) {
                return;
            }
        }
    }
}

const REPLACED: &str = "signed in ISO 8859-1 and read as UTF-8, which lost characters";

/// One or two replacement characters stand for bytes above 0x7f: few enough to try them all, until
/// `each` answers true.
fn replaced(body: &[u8], each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    const MARK: &[u8] = "\u{fffd}".as_bytes();
    let parts: Vec<&[u8]> = split(body, MARK, 4);
    let mut found = |bytes: &[u8]| {
        let mut out = Vec::with_capacity(body.len());
        for (i, part) in parts.iter().enumerate() {
            out.extend_from_slice(part);
            out.extend(bytes.get(i).copied().filter(|_| i + 1 < parts.len()));
        }
        each(&out)
    };
    match parts.len() {
        2 if body.len() < 65_536 => (0x80..=0xff).any(|b| found(&[b])),
        3 if body.len() < 2048 => (0xa0..=0xff).any(|a| (0xa0..=0xff).any(|b| found(&[a, b]))),
        _ => false,
    }
}

/// The parts between marks; the last of `most` is the rest, whatever is in it.
fn split<'a>(mut body: &'a [u8], mark: &[u8], most: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while parts.len() + 1 < most
        && let Some(at) = body.windows(mark.len()).position(|w| w == mark)
    {
        parts.push(&body[..at]);
        body = &body[at + mark.len()..];
    }
    parts.push(body);
    parts
}
