// Home: what needs attention, the key figures, and every subscription at a glance.

import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { LiveMetricsView, StatusView } from "~/api";
import type { HomeView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { dispatcherStatus } from "~/frame/status/dispatcherStatus";
import { useShortcuts } from "~/keys";
import { Page, ProblemBox, useNow } from "~/parts";
import { plural } from "~/parts/format";
import { AtPlatform, FailedBrands } from "./AtPlatform";
import { DemoBanner } from "./DemoBanner";
import { Failing } from "./Failing";
import { Figures } from "./Figures";
import css from "./home.module.css";
import { SubscriptionTable } from "./SubscriptionTable";
import { routeApi } from "./search";
import { greeting, headline, heldWords, needsAttention, ordered } from "./sentences";
import { Welcome } from "./Welcome";

/** How many failing subscriptions get a card each; the others are folded. */
const CARDS = 3;

export function Home() {
  const { brand } = routeApi.useSearch();
  const home = useCall("home", brand === undefined ? {} : { brand });
  const status = useCall("status", null);
  const navigate = useNavigate();
  const hello = useNow((now) => greeting(new Date(now).getHours()));
  useShortcuts("Home", [
    {
      keys: "n",
      label: "New subscription",
      run: () => void navigate({ to: "/subscriptions", search: { do: "new" } }),
    },
  ]);
  if (status.data && isFirstStart(status.data)) return <Welcome />;
  if (!home.data) {
    return (
      <Page title="Home" heading={hello} padded>
        {home.error && <ProblemBox problem={home.error} />}
      </Page>
    );
  }
  return (
    <Page
      title="Home"
      heading={`${hello} ${headline(home.data.subscriptions, status.data?.state, Date.parse(home.data.at))}`}
      actions={
        <>
          {status.data?.state === "running" && home.data.subscriptions.length > 0 && <Pause />}
          <Button
            variant="filled"
            renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ do: "new" }} />}
          >
            New subscription
          </Button>
        </>
      }
      padded
    >
      <Body home={home.data} status={status.data} />
    </Page>
  );
}

/** Whether the user's own data folder has never held anything. */
function isFirstStart({ workspace, pulse }: StatusView): boolean {
  return (
    workspace === "own" &&
    pulse !== null &&
    pulse.subscriptions === 0 &&
    pulse.brands === 0 &&
    !pulse.any_event &&
    pulse.sources === 0
  );
}

function Body({ home, status }: { home: HomeView; status: StatusView | undefined }) {
  const [all, setAll] = useState(false);
  const now = Date.parse(home.at);
  const lines = ordered(home.subscriptions, now);
  const failing = lines.filter((line) => needsAttention(line, now));
  const shown = all ? failing : failing.slice(0, CARDS);
  const hidden = failing.length - shown.length;
  return (
    <>
      {status?.workspace === "demo" && <DemoBanner />}
      {status && <DispatchNotice status={status} />}
      {status?.pulse && <Held pulse={status.pulse} />}
      {home.retention_on_hold !== null && (
        <section className={css.need} role="alert">
          <div className="grow">
            <b>Retention by age is suspended.</b> {home.retention_on_hold}
          </div>
        </section>
      )}
      {shown.map((line) =>
        line.remote ? (
          <AtPlatform key={line.id} line={line} remote={line.remote} />
        ) : (
          <Failing key={line.id} line={line} />
        ),
      )}
      <FailedBrands />
      {hidden > 0 && (
        <Button size="xs" style={{ alignSelf: "flex-start" }} onClick={() => setAll(true)}>
          Show {plural(hidden, "more failing subscription", "more failing subscriptions")}
        </Button>
      )}
      <Figures home={home} />
      <SubscriptionTable lines={lines} />
    </>
  );
}

/** Stops sending until it is resumed; new events are queued. */
function Pause() {
  const pause = useAct("pause", { done: "Paused. New events are stored and queued until you resume." });
  return (
    <Button loading={pause.isPending} title={pause.error?.message} onClick={() => pause.mutate(null)}>
      {pause.error ? "Could not pause; try again" : "Pause dispatching"}
    </Button>
  );
}

function Resume() {
  const resume = useAct("resume", { done: "Resumed. Queued deliveries go first." });
  return (
    <Button
      variant="filled"
      loading={resume.isPending}
      title={resume.error?.message}
      onClick={() => resume.mutate(null)}
    >
      {resume.error ? "Could not resume; try again" : "Resume dispatching"}
    </Button>
  );
}

/** The held deliveries, and what releases them. */
export function Held({ pulse }: { pulse: LiveMetricsView }) {
  const words = heldWords(pulse);
  if (words.length === 0) return null;
  return (
    <section className={css.need} role="alert">
      <div className="grow">
        {words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <Button
        renderRoot={(props) => (
          <Link {...props} to="/deliveries" search={{ state: ["held"], range: "all" }} />
        )}
      >
        View held deliveries
      </Button>
    </section>
  );
}

/** Why nothing is being sent, if so. */
function DispatchNotice({ status }: { status: StatusView }) {
  if (status.state !== "stalled" && status.state !== "stopped" && status.state !== "paused") return null;
  const { word, sentence } = dispatcherStatus(status);
  return (
    <section className={css.need} role="alert">
      <div className="grow">
        <b>{word}.</b> {sentence}
        {status.problem?.hint && <p>{status.problem.hint}</p>}
      </div>
      {status.state === "paused" && <Resume />}
    </section>
  );
}
