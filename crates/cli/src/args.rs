//! The command line: verbs and what they have in common.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::deliveries::{operations, why};
use crate::maintenance::{alerts, vault};
use crate::platforms::brands;
use crate::receiving::{check_receiver, sources, target};
use crate::service::{demo, emulate, receiver, run};
use crate::signatures::diagnose;
use crate::subscriptions::pause;
use crate::{deliveries, events, maintenance, platforms, signatures, subscriptions};

const EXAMPLES: &str = "\
Examples:
  hookbench demo --seconds 20
      Shows everything at once, on a data folder that is removed at the end
  hookbench run
      Dispatches until Ctrl-C, with the local API on 127.0.0.1:4400
  hookbench subscriptions create --url http://127.0.0.1:8080/hooks --event 'conversion.*' --generate-secret
      Says what is sent where
  hookbench events send --type conversion.created --data conversion.json
      Publishes an event
  hookbench deliveries list --state failed
      Shows what did not get through

Exit codes: 0 done, 1 failed, 2 usage, 3 configuration or data folder in use, 4 authentication,
5 network or remote API, 6 some deliveries failed, 7 signature not valid, 130 interrupted.";

/// A workbench for affiliate-program webhooks: publish events, deliver them signed, see why one failed.
#[derive(Debug, Parser)]
#[command(name = "hookbench", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    /// The data folder
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DIR", env = "HOOKBENCH_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// A shared store instead of the data folder's database (not in this version)
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "URL", hide = true)]
    pub(crate) store: Option<String>,
    /// Data as JSON on stdout, messages on stderr
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// No colours
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) no_color: bool,
    /// No messages but errors, and what is unsafe
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Dispatch deliveries and serve the local API, until Ctrl-C
    Run(run::RunArgs),
    /// Show everything at once: lifelike traffic to endpoints that behave well, slowly and badly
    Demo(demo::DemoArgs),
    /// What is known of the affiliate platforms
    #[command(subcommand, visible_alias = "platform")]
    Platforms(platforms::PlatformVerb),
    /// Connect accounts on a platform, and see what it has
    #[command(subcommand, visible_alias = "brand")]
    Brands(brands::BrandVerb),
    /// Say what is sent where
    #[command(subcommand, visible_alias = "subscription")]
    Subscriptions(subscriptions::SubscriptionVerb),
    /// Publish and look up events
    #[command(subcommand, visible_alias = "event")]
    Events(events::EventVerb),
    /// Why an event was, or was not, sent
    Why(why::WhyArgs),
    /// What differs between two attempts or events
    Compare(why::CompareArgs),
    /// What somebody should look at
    #[command(subcommand, visible_alias = "alert")]
    Alerts(alerts::AlertVerb),
    /// Open an incident that somebody bundled
    #[command(subcommand)]
    Bundle(deliveries::export::BundleVerb),
    /// Look up, retry and cancel deliveries
    #[command(subcommand, visible_alias = "delivery")]
    Deliveries(deliveries::DeliveryVerb),
    /// Resend what failed of a subscription: one first, then at a pace
    Recover(operations::RecoverArgs),
    /// Send events to a subscription once more, or those that were never sent to it
    Replay(operations::ReplayArgs),
    /// Look at and stop what sends many deliveries by itself
    #[command(subcommand, visible_alias = "operation")]
    Operations(operations::OperationVerb),
    /// How long what is kept
    #[command(subcommand)]
    Retention(maintenance::RetentionVerb),
    /// Erase one customer's data, found by the value of a field
    Erase(maintenance::EraseArgs),
    /// Look at everything that dispatching needs; exit code 1 where something does not work
    Doctor(maintenance::DoctorArgs),
    /// The paths on which webhooks come in
    #[command(subcommand, visible_alias = "source")]
    Sources(sources::SourceVerb),
    /// How the receiver is reached from outside
    #[command(subcommand)]
    Receiver(receiver::ReceiverVerb),
    /// Check a webhook endpoint of yours: does it verify, answer and bear what platforms send
    CheckReceiver(Box<check_receiver::CheckArgs>),
    /// Send nothing new, of everything or one subscription; what is new waits
    Pause(pause::PauseArgs),
    /// Send again after a pause, what waited first
    Resume(pause::PauseArgs),
    /// Print the headers that sign a body
    Sign(signatures::SignArgs),
    /// Check the signature of a request, step by step
    Verify(signatures::VerifyArgs),
    /// Find out why a signature does not verify
    Diagnose(diagnose::DiagnoseArgs),
    /// Draw when each retry falls, and what an outage would cost: of a platform, or of what waits here
    Schedule(platforms::ScheduleArgs),
    /// An affiliate platform on this machine: its API, its webhooks, its traffic
    Emulate(emulate::EmulateArgs),
    /// Endpoints on this machine that answer as told
    #[command(subcommand)]
    Target(target::TargetVerb),
    /// The key that secrets are sealed with
    #[command(subcommand)]
    Vault(vault::VaultVerb),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Where things are
    #[command(subcommand)]
    Config(ConfigVerb),
}

/// Verbs of `config`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Print the data folder
    Path,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_stand_anywhere() {
        let cli = Cli::try_parse_from(["hookbench", "events", "types", "--json", "--data-dir", "d", "-q"]);
        let cli = cli.unwrap();
        assert!(cli.json && cli.quiet);
        assert_eq!(cli.data_dir, Some(PathBuf::from("d")));
    }

    #[test]
    fn the_rules_of_retention_go_by_the_words_of_the_api_too() {
        for line in [
            "retention set --bodies 30 --rows 180 --size 2GB",
            "retention set --bodies-days 30 --rows-days 180 --max-bytes 2147483648",
        ] {
            let words = std::iter::once("hookbench").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn values_that_cannot_be_are_usage_errors() {
        for line in [
            "subscriptions create --url ftp://x --event *",
            "subscriptions create --url http://x --event a..b",
            "subscriptions create --event *",
            "subscriptions create --url http://x --event * --header nonsense",
            "subscriptions create --url http://x --event * --platform nope",
            "subscriptions create --url http://x --event * --no-secret",
            "subscriptions edit sub_1 --no-secret --generate-secret",
            "events send --type a..b --data f",
            "events send --type a.b",
            "events send --ndjson f --type a.b",
            "deliveries list --since soon",
            "deliveries list --limit 501",
            "deliveries retry dlv_1 --state failed",
            "deliveries cancel dlv_1 --state pending",
            "recover --subscription sub_1",
            "recover --since 2h",
            "recover --subscription sub_1 --since soon",
            "replay --subscription sub_1 --since 2h --rules tomorrow",
            "retention set",
            "retention set --rows 0",
            "retention set --size 2parsecs",
            "erase --field data.email",
            "verify --scheme hmac --body f",
            "sign --body f",
            "demo --rate 0",
            "sources create --name a",
            "sources create --name a --scheme hmac",
            "sources create --name a --scheme none --allow-ip 10.0.0.0/33",
            "sources create --name a --scheme none --param x=y",
            "sources create --name a --scheme none --postback a..b",
            "sources create --name a --scheme none --relay carrier-pigeon --relay-url https://x/y",
            "sources create --name a --scheme none --relay smee",
            "sources forward 1",
            "sources replay",
            "check-receiver --scheme trcker",
            "run --api nowhere",
            "schedule --platform nope",
            "schedule",
            "schedule --platform trcker --subscription sub_1",
            "schedule --subscription sub_1",
            "schedule --subscription sub_1 --down-until 2h",
            "deliveries export",
            "deliveries export --format xml",
            "deliveries bundle",
            "deliveries resend",
            "deliveries resend dlv_1 --url http://x --subscription sub_1",
            "deliveries resend dlv_1 --scheme standard",
            "events check --type a.b",
            "why",
            "compare",
            "alerts acknowledge",
            "target run --script ok",
            "brands add --name a",
            "brands add --platform nope --name a",
            "brands sync",
            "emulate --platform nope",
            "emulate --platform trcker --fault nonsense",
            "emulate --platform trcker --rate 0",
        ] {
            let words = std::iter::once("hookbench").chain(line.split(' '));
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_err_and(|e| e.exit_code() == 2), "{line}");
        }
    }
}
