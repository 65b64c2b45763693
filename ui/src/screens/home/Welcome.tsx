// The first start: four ways to get started.

import { Button } from "@mantine/core";
import {
  IconDownload,
  IconPlayerPlay,
  IconPlugConnected,
  IconShare,
  type TablerIcon,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAct } from "~/data";
import { Page, ProblemBox } from "~/parts";
import css from "./home.module.css";

export function Welcome() {
  const demo = useAct("start_demo");
  return (
    <Page title="Home" heading="Welcome" padded>
      <div className={css.welcome}>
        <h2>Webhooks for your affiliate program, delivered and explained</h2>
        <p className="dim">
          Hookbench sends events to your endpoints, retries failures, and explains in plain words what went
          wrong and who needs to act. Your data stays on this machine.
        </p>
        <div className={css.choices}>
          <Choice
            icon={IconPlayerPlay}
            title="Try the demo"
            text="A simulated program with live traffic and five endpoints, one of them broken. No setup, no outgoing requests, no trace left behind."
            first
          >
            <Button variant="filled" loading={demo.isPending} onClick={() => demo.mutate(null)}>
              Start the demo
            </Button>
          </Choice>
          <Choice
            icon={IconPlugConnected}
            title="Connect a platform"
            text="Paste the API key of Trackdesk, Trcker, Track360 or another platform. Then send approved conversions to your CRM, and find out at once when a webhook changes at the platform."
          >
            <Button renderRoot={(props) => <Link {...props} to="/brands" search={{ do: "connect" }} />}>
              Connect a platform
            </Button>
          </Choice>
          <Choice
            icon={IconShare}
            title="Send webhooks"
            text="Choose events and an endpoint, send a test and see the response. Three steps, about a minute."
          >
            <Button renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ do: "new" }} />}>
              Create a subscription
            </Button>
          </Choice>
          <Choice
            icon={IconDownload}
            title="Receive webhooks"
            text="Get a URL on this machine, point a platform at it, and see each request, its signature, and why it was rejected."
          >
            <Button renderRoot={(props) => <Link {...props} to="/receiver" />}>Receive a webhook</Button>
          </Choice>
        </div>
        {demo.error && (
          <div style={{ marginTop: 14 }}>
            <ProblemBox problem={demo.error} />
          </div>
        )}
      </div>
    </Page>
  );
}

interface ChoiceProps {
  icon: TablerIcon;
  title: string;
  text: string;
  first?: boolean;
  children: ReactNode;
}

function Choice({ icon: Icon, title, text, first, children }: ChoiceProps) {
  return (
    <section className={css.choice} data-first={first || undefined} aria-label={title}>
      <Icon size={22} stroke={1.5} aria-hidden="true" />
      <h3>{title}</h3>
      <p>{text}</p>
      {children}
    </section>
  );
}
