//! What a template may do with a value. Each filter takes from the budget what it makes.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, filters, functions, tests};
use percent_encoding::utf8_percent_encode;

use crate::budget::charge;
use crate::content::ENCODED;
use crate::input::Spelled;

/// The filters, each with what it does and an example.
pub const FILTERS: [(&str, &str, &str); 20] = [
    ("tojson", "the value as JSON, quotes included", "{{ data.name | tojson }}"),
    ("urlencode", "percent-encoded", "{{ data.email | urlencode }}"),
    ("cents", "cents as units of a currency", "{{ data.payoutCents | cents('EUR') }}"),
    ("money", "an amount with two decimals", "{{ data.amount | money('EUR') }}"),
    ("date", "a time, written as you say", "{{ createdAt | date('%d.%m.%Y %H:%M') }}"),
    ("unix", "a time as seconds since 1970", "{{ createdAt | unix }}"),
    ("unix_ms", "a time as milliseconds since 1970", "{{ createdAt | unix_ms }}"),
    ("default", "another value where it is missing", "{{ data.note | default('none') }}"),
    ("upper", "in capitals", "{{ data.currency | upper }}"),
    ("lower", "in small letters", "{{ data.email | lower }}"),
    ("trim", "without white space around it", "{{ data.name | trim }}"),
    ("replace", "one text for another", "{{ data.id | replace('-', '') }}"),
    ("truncate", "at most so many characters", "{{ data.note | truncate(100) }}"),
    ("join", "the items of a list as one text", "{{ data.tags | join(', ') }}"),
    ("length", "how many items or characters", "{{ data.items | length }}"),
    ("first", "the first item", "{{ data.items | first }}"),
    ("last", "the last item", "{{ data.items | last }}"),
    ("round", "rounded to so many decimals", "{{ data.amount | round(2) }}"),
    ("int", "as a whole number", "{{ data.quantity | int }}"),
    ("float", "as a number", "{{ data.amount | float }}"),
];

/// What `is` may ask.
pub(crate) const TESTS: [&str; 19] = [
    "defined",
    "undefined",
    "none",
    "string",
    "number",
    "integer",
    "boolean",
    "sequence",
    "mapping",
    "true",
    "false",
    "startingwith",
    "endingwith",
    "in",
    "eq",
    "ne",
    "lt",
    "gt",
    "odd",
];

/// Gives an environment its filters, tests and functions.
pub(crate) fn give(env: &mut Environment<'_>) {
    env.add_filter("tojson", tojson);
    env.add_filter("urlencode", urlencode);
    env.add_filter("cents", cents);
    env.add_filter("money", money);
    env.add_filter("date", date);
    env.add_filter("unix", |value: &Value| Ok::<_, Error>(moment(value)?.timestamp()));
    env.add_filter("unix_ms", |value: &Value| Ok::<_, Error>(moment(value)?.timestamp_millis()));
    env.add_filter("default", filters::default);
    env.add_filter("upper", |value: &Value| Ok::<_, Error>(text(value)?.to_uppercase()));
    env.add_filter("lower", |value: &Value| Ok::<_, Error>(text(value)?.to_lowercase()));
    env.add_filter("trim", |value: &Value| Ok::<_, Error>(text(value)?.trim().to_owned()));
    env.add_filter("replace", replace);
    env.add_filter("truncate", truncate);
    env.add_filter("join", join);
    env.add_filter("length", length);
    env.add_filter("first", filters::first);
    env.add_filter("last", filters::last);
    env.add_filter("round", filters::round);
    env.add_filter("int", filters::int);
    env.add_filter("float", filters::float);
    env.add_test("defined", tests::is_defined);
    env.add_test("undefined", tests::is_undefined);
    env.add_test("none", tests::is_none);
    env.add_test("string", tests::is_string);
    env.add_test("number", tests::is_number);
    env.add_test("integer", tests::is_integer);
    env.add_test("boolean", tests::is_boolean);
    env.add_test("sequence", tests::is_sequence);
    env.add_test("mapping", tests::is_mapping);
    env.add_test("true", tests::is_true);
    env.add_test("false", tests::is_false);
    env.add_test("startingwith", tests::is_startingwith);
    env.add_test("endingwith", tests::is_endingwith);
    env.add_test("in", tests::is_in);
    env.add_test("eq", tests::is_eq);
    env.add_test("ne", tests::is_ne);
    env.add_test("lt", tests::is_lt);
    env.add_test("gt", tests::is_gt);
    env.add_test("odd", tests::is_odd);
    env.add_function("range", functions::range);
}

fn bad(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, why.into())
}

fn there(value: &Value) -> Result<(), Error> {
    if value.is_undefined() { Err(Error::from(ErrorKind::UndefinedError)) } else { Ok(()) }
}

/// A single value as text.
fn text(value: &Value) -> Result<String, Error> {
    there(value)?;
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => json_text(value, None)?,
    };
    charge(text.len().saturating_mul(2))?;
    Ok(text)
}

/// A value as JSON; `indent` spaces for each level, on one line without it.
pub(crate) fn json_text(value: &Value, indent: Option<usize>) -> Result<String, Error> {
    let mut out = String::new();
    write_json(value, indent, 0, &mut out)?;
    Ok(out)
}

fn line(out: &mut String, indent: Option<usize>, depth: usize) -> Result<(), Error> {
    if let Some(indent) = indent {
        charge(indent * depth + 1)?;
        out.push('\n');
        (0..indent * depth).for_each(|_| out.push(' '));
    }
    Ok(())
}

fn write_json(value: &Value, indent: Option<usize>, depth: usize, out: &mut String) -> Result<(), Error> {
    let before = out.len();
    match value.kind() {
        ValueKind::Undefined => return Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::String => {
            out.push_str(&serde_json::Value::from(value.as_str().unwrap_or_default()).to_string());
        }
        ValueKind::Number => write!(out, "{value}")?,
        ValueKind::Seq | ValueKind::Iterable => {
            out.push('[');
            let mut any = false;
            for item in value.try_iter()? {
                if any {
                    out.push(',');
                }
                any = true;
                line(out, indent, depth + 1)?;
                write_json(&item, indent, depth + 1, out)?;
                charge(2)?;
            }
            if any {
                line(out, indent, depth)?;
            }
            out.push(']');
            return Ok(());
        }
        ValueKind::Map => {
            out.push('{');
            let mut any = false;
            for key in value.try_iter()? {
                if any {
                    out.push(',');
                }
                any = true;
                line(out, indent, depth + 1)?;
                let name = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
                charge(name.len() + 4)?;
                out.push_str(&serde_json::Value::from(name).to_string());
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write_json(&value.get_item(&key)?, indent, depth + 1, out)?;
            }
            if any {
                line(out, indent, depth)?;
            }
            out.push('}');
            return Ok(());
        }
        ValueKind::Bytes | ValueKind::Plain | ValueKind::Invalid => {
            match value.as_object().and_then(|o| o.downcast_ref::<Spelled>()) {
                Some(Spelled(text)) => out.push_str(text),
                None => return Err(bad("this cannot be written as JSON")),
            }
        }
        _ => return Err(bad("this cannot be written as JSON")),
    }
    charge(out.len() - before)
}

fn tojson(value: &Value, indent: Option<usize>) -> Result<Value, Error> {
    there(value)?;
    Ok(Value::from_safe_string(json_text(value, indent.map(|n| n.min(8)))?))
}

fn urlencode(value: &Value) -> Result<Value, Error> {
    Ok(Value::from_safe_string(utf8_percent_encode(&text(value)?, ENCODED).to_string()))
}

/// How many decimals a currency has.
fn decimals(currency: Option<&str>) -> u32 {
    match currency.map(str::to_ascii_uppercase).as_deref() {
        Some("JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "PYG") => 0,
        Some("BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND") => 3,
        Some(_) | None => 2,
    }
}

fn with_currency(amount: String, currency: Option<&str>) -> String {
    match currency {
        Some(currency) => format!("{amount} {currency}"),
        None => amount,
    }
}

/// Whole cents as units: 1260 is 12.60.
fn cents(value: &Value, currency: Option<&str>) -> Result<String, Error> {
    there(value)?;
    let whole = i128::try_from(value.clone()).ok().or_else(|| value.as_str()?.trim().parse().ok());
    let whole = whole.ok_or_else(|| bad(format!("`cents` needs a whole number, not {}", shown(value))))?;
    let digits = decimals(currency);
    let scale = 10_u128.pow(digits);
    let (sign, size) = (if whole < 0 { "-" } else { "" }, whole.unsigned_abs());
    let amount = match digits {
        0 => format!("{sign}{size}"),
        _ => {
            let width = usize::try_from(digits).unwrap_or(2);
            format!("{sign}{}.{:0width$}", size / scale, size % scale)
        }
    };
    Ok(with_currency(amount, currency))
}

/// An amount with the decimals of its currency.
fn money(value: &Value, currency: Option<&str>) -> Result<String, Error> {
    there(value)?;
    let amount = f64::try_from(value.clone()).ok().or_else(|| value.to_string().trim().parse().ok());
    let amount = amount.filter(|amount: &f64| amount.is_finite());
    let amount = amount.ok_or_else(|| bad(format!("`money` needs a number, not {}", shown(value))))?;
    let width = usize::try_from(decimals(currency)).unwrap_or(2);
    Ok(with_currency(format!("{amount:.width$}"), currency))
}

/// A value in an error: not all of it.
fn shown(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("`{}`", text.chars().take(40).collect::<String>().escape_debug()),
        None => format!("a {}", value.kind()),
    }
}

/// A moment: RFC 3339, seconds or milliseconds since 1970.
fn moment(value: &Value) -> Result<DateTime<Utc>, Error> {
    there(value)?;
    let from_number = |n: i64| {
        // Seconds of the year 5138 are milliseconds of 1973.
        if n.unsigned_abs() < 100_000_000_000 {
            DateTime::from_timestamp(n, 0)
        } else {
            DateTime::from_timestamp_millis(n)
        }
    };
    let read = match value.as_str() {
        Some(text) => DateTime::parse_from_rfc3339(text)
            .map(|at| at.with_timezone(&Utc))
            .ok()
            .or_else(|| text.parse().ok().and_then(from_number)),
        None => value.as_i64().and_then(from_number),
    };
    read.ok_or_else(|| bad(format!("{} is no time: RFC 3339, or seconds since 1970", shown(value))))
}

fn date(value: &Value, format: Option<&str>) -> Result<String, Error> {
    let (at, format) = (moment(value)?, format.unwrap_or("%Y-%m-%d"));
    if format.len() > 100 {
        return Err(bad("a date's format has at most 100 characters"));
    }
    let mut out = String::new();
    match write!(out, "{}", at.format(format)) {
        Ok(()) => Ok(out),
        Err(_) => Err(bad(format!("`{format}` is no format of a date: write %Y-%m-%d %H:%M:%S"))),
    }
}

fn replace(value: &Value, from: &str, to: &str) -> Result<String, Error> {
    let text = text(value)?;
    if from.is_empty() {
        return Err(bad("`replace` needs a text to look for"));
    }
    let times = text.matches(from).count();
    charge(times.saturating_mul(to.len()))?;
    Ok(text.replace(from, to))
}

fn length(value: &Value) -> Result<usize, Error> {
    // The characters of a text are counted one by one.
    charge(value.as_str().map_or(0, |text| text.len() / 16))?;
    filters::length(value)
}

fn truncate(value: &Value, most: usize) -> Result<String, Error> {
    let text = text(value)?;
    let short: String = text.chars().take(most).collect();
    if short.len() == text.len() {
        return Ok(text);
    }
    let cut: String = short.chars().take(most.saturating_sub(1)).collect();
    Ok(format!("{cut}…"))
}

fn join(value: &Value, between: Option<&str>) -> Result<String, Error> {
    there(value)?;
    let (between, mut out) = (between.unwrap_or_default(), String::new());
    for (index, item) in value.try_iter()?.enumerate() {
        if index > 0 {
            charge(between.len())?;
            out.push_str(between);
        }
        out.push_str(&text(&item)?);
    }
    Ok(out)
}
