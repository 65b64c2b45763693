//! `demo`: everything at once, on a data folder that is removed at the end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use hookbench_api::{Server, ServiceHealth};
use hookbench_workbench::{Demo, DemoOptions, DemoSummary, DemoTarget, StatsView};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

use crate::deliveries::attempts::{as_json, as_text};
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, FAINT, GOOD, Out, STRONG, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values;
use crate::service::run::refused;
use crate::service::signals::Signals;

const STATS_EVERY: Duration = Duration::from_secs(2);

/// What to show.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench demo --seconds 20
  hookbench demo --platform track360 --rate 50")]
pub(crate) struct DemoArgs {
    /// End after so many seconds [default: until Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: Option<u64>,
    /// Events a second
    #[arg(long, value_name = "N", default_value_t = 5.0, value_parser = values::rate)]
    rate: f64,
    /// Whose traffic
    #[arg(long, value_name = "P", default_value = "trcker", value_parser = values::platform())]
    platform: String,
}

/// Shows everything until the time is up or Ctrl-C, then sums up.
///
/// # Errors
/// When the demo cannot start.
pub(crate) async fn demo(out: Out, args: DemoArgs) -> Ended {
    let mut signals = Signals::listen()?;
    let options = DemoOptions { platform: args.platform.clone(), rate: args.rate, ..DemoOptions::default() };
    let mut demo = Demo::start(options).await?;
    let health = ServiceHealth::asking(demo.dispatching().stalled_probe());
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let api =
        Server::start(anywhere, demo.workbench().clone(), health).await.map_err(|e| refused(e, "--api"))?;
    demo.dispatching().announce(api.addr())?;
    let shown = show(out, &mut demo, &api, &args, &mut signals).await;
    api.stop().await;
    let summary = demo.finish().await?;
    shown?;
    sum_up(out, &summary)?;
    Ok(Exit::Done)
}

/// Prints what happens until it is time to end.
async fn show(
    out: Out,
    demo: &mut Demo,
    api: &Server,
    args: &DemoArgs,
    signals: &mut Signals,
) -> Result<(), Stop> {
    let mut told = demo.dispatching().told();
    ready(out, demo, api, args)?;
    let end = async {
        match args.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    let mut tick = tokio::time::interval(STATS_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.tick().await;
    loop {
        tokio::select! {
            biased;
            () = &mut end => return Ok(()),
            () = signals.asked() => return Ok(()),
            _ = tick.tick() => counts(out, &demo.workbench().stats().summary().await?, demo.retried().await?)?,
            attempt = told.recv() => match attempt {
                Ok(attempt) if out.json => out.stream(&as_json(&attempt))?,
                Ok(attempt) => out.line(as_text(&attempt, demo.workbench()))?,
                Err(RecvError::Lagged(lines)) => {
                    out.warn(format_args!("{lines} attempts are not shown: this output is read too slowly"));
                }
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

fn ready(out: Out, demo: &Demo, api: &Server, args: &DemoArgs) -> Result<(), Stop> {
    let (url, folder) = (format!("http://{}", api.addr()), demo.workbench().folder());
    if out.json {
        return out.stream(&json!({
            "event": "ready",
            "api": url,
            "data_dir": folder,
            "platform": args.platform,
            "brand": demo.brand(),
            "rate": args.rate,
            "targets": demo.targets(),
        }));
    }
    let until =
        args.seconds.map_or_else(|| "Ctrl-C ends it.".to_owned(), |s| format!("It ends after {s} s."));
    out.line(format_args!(
        "{STRONG}Hookbench demo:{STRONG:#} {} events a second as {} sends them. {until}",
        args.rate, args.platform
    ))?;
    out.field(
        "Platform",
        format_args!(
            "{} as brand `{}`: its webhooks come in and go out again",
            demo.brand().base_url,
            demo.brand().name
        ),
    )?;
    out.field("API", format_args!("{url}  (token: {})", folder.join("api-token").display()))?;
    out.line("")?;
    let mut table = Table::new(&["endpoint", "behaves", "url"]);
    for DemoTarget { name, behaviour, url, .. } in demo.targets() {
        table.row([Cell::styled(name, STRONG), (*behaviour).into(), url.as_str().into()]);
    }
    table.print(out)?;
    out.line("")
}

fn counts(out: Out, stats: &StatsView, retried: i64) -> Result<(), Stop> {
    if out.json {
        return out.stream(&json!({ "event": "stats", "retried": retried, "stats": stats }));
    }
    let of = |state: &str| stats.deliveries.get(state).copied().unwrap_or(0);
    out.line(format_args!(
        "{STRONG}── {} events:{STRONG:#} {WAIT}{} pending · {} in flight{WAIT:#} · {GOOD}{} delivered{GOOD:#} · {WAIT}{retried} retried{WAIT:#} · {BAD}{} failed{BAD:#} · {FAINT}{} skipped{FAINT:#}",
        stats.events,
        of("pending"),
        of("in_flight"),
        of("delivered"),
        of("failed"),
        of("skipped"),
    ))
}

fn sum_up(out: Out, summary: &DemoSummary) -> Result<(), Stop> {
    if out.json {
        return out.stream(&json!({
            "event": "summary",
            "retried": summary.retried,
            "targets": summary.targets,
            "stats": summary.stats,
        }));
    }
    let stats = &summary.stats;
    out.line(format_args!("\n{STRONG}Summary{STRONG:#}"))?;
    let heads = ["endpoint", ">delivered", ">failed", ">waiting", ">skipped", ">success", "behaves"];
    let mut table = Table::new(&heads);
    for target in &summary.targets {
        let counted = stats.subscriptions.iter().find(|s| s.id == target.subscription);
        let of = |state: &str| counted.and_then(|s| s.deliveries.get(state)).copied().unwrap_or(0);
        let share = counted.and_then(|s| s.success_rate).map(|rate| format!("{:.0} %", rate * 100.0));
        table.row([
            Cell::styled(&target.name, STRONG),
            Cell::styled(of("delivered").to_string(), GOOD),
            Cell::styled(of("failed").to_string(), BAD),
            Cell::styled((of("pending") + of("in_flight")).to_string(), WAIT),
            Cell::styled(of("skipped").to_string(), FAINT),
            Cell::or_dash(share),
            target.behaviour.into(),
        ]);
    }
    table.print(out)?;
    out.line("")?;
    counts(out, stats, summary.retried)?;
    let ms = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.1} ms"));
    let latency = &stats.latency_ms;
    out.line(format_args!(
        "{} attempts; latency p50 {}, p90 {}, p99 {}",
        stats.attempts,
        ms(latency.p50),
        ms(latency.p90),
        ms(latency.p99)
    ))?;
    out.line(format_args!(
        "\nTry it with your own endpoint: {STRONG}hookbench run{STRONG:#}, then {STRONG}hookbench subscriptions create --url http://127.0.0.1:8080/ --event '*' --generate-secret{STRONG:#}."
    ))
}
