// One subscription: how it does, why it fails, how it is set up, and what can be done with it.

import { Button, Menu } from "@mantine/core";
import {
  IconCopyPlus,
  IconHistory,
  IconKey,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPower,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useAct } from "~/data";
import { useShortcuts } from "~/keys";
import { DetailPane, Key, LightBadge, ProblemBox, Time, Verdict } from "~/parts";
import { Scroll } from "../ScrollArea";
import { routeApi } from "../search";
import css from "../subscriptions.module.css";
import { TestAnswer } from "../test-event/TestResponse";
import { hostOf } from "../url";
import { SettingsOf } from "./Configuration";
import { DeleteSubscription } from "./DeleteSubscription";
import { Health } from "./Health";
import { Outage } from "./Outage";
import { SendAgain } from "./Replay";
import { RotateSecret } from "./RotateSecret";
import { WhyEvent } from "./WhyEvent";

export interface DetailProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function Detail({ line, onClose }: DetailProps) {
  const navigate = routeApi.useNavigate();
  const [asking, setAsking] = useState<"rotate" | "delete" | "recover" | "replay" | null>(null);
  const test = useAct("subscription_test");
  const change = useAct("subscription_edit", {
    done: ({ enabled, name }) => `${name || "It"} is switched ${enabled ? "on" : "off"}.`,
  });
  const send = () => test.mutate({ id: line.id });
  const edit = () => void navigate({ search: { id: line.id, do: "edit" } });
  const duplicate = () => void navigate({ search: { do: "new", from: line.id } });
  const pause = useAct("subscription_pause", { done: "Paused. What is new waits until you resume it." });
  const resume = useAct("subscription_resume", { done: "Sending to it again, what waited first." });
  const hold = () => (line.paused ? resume : pause).mutate({ id: line.id });
  const turn = () => change.mutate({ id: line.id, change: { enabled: !line.enabled } });
  useShortcuts("Subscription", [
    { keys: "t", label: "Send a test", enabled: line.enabled && !line.paused && !test.isPending, run: send },
    { keys: "Enter", label: "Edit", run: edit },
  ]);
  const title = line.name || hostOf(line.url);
  return (
    <DetailPane
      title={title}
      badge={<LightBadge light={line.health.light} />}
      actions={
        <>
          {line.enabled ? (
            <Button variant="filled" onClick={send} loading={test.isPending} rightSection={<Key keys="t" />}>
              Test
            </Button>
          ) : (
            <Button variant="filled" onClick={turn} loading={change.isPending}>
              Turn on
            </Button>
          )}
          <Button onClick={edit} leftSection={<IconPencil size={15} stroke={1.6} aria-hidden="true" />}>
            Edit
          </Button>
        </>
      }
      more={
        <>
          <Menu.Item leftSection={<IconCopyPlus size={15} />} onClick={duplicate}>
            Duplicate
          </Menu.Item>
          {line.enabled && (
            <Menu.Item
              leftSection={line.paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
              onClick={hold}
            >
              {line.paused ? "Resume" : "Pause"}
            </Menu.Item>
          )}
          {line.where === "machine" && (
            <>
              <Menu.Item
                leftSection={<IconRefresh size={15} />}
                disabled={!line.enabled}
                onClick={() => setAsking("recover")}
              >
                Recover since…
              </Menu.Item>
              <Menu.Item
                leftSection={<IconHistory size={15} />}
                disabled={!line.enabled}
                onClick={() => setAsking("replay")}
              >
                Replay missing…
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconPower size={15} />} onClick={turn}>
            {line.enabled ? "Turn off" : "Turn on"}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={15} />}
            disabled={line.scheme === "none"}
            onClick={() => setAsking("rotate")}
          >
            Rotate the secret…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--fail)"
            leftSection={<IconTrash size={15} />}
            onClick={() => setAsking("delete")}
          >
            Delete…
          </Menu.Item>
        </>
      }
      onClose={onClose}
    >
      <Scroll className={css.detailBody} label={`${title}, details`}>
        {change.error && <ProblemBox problem={change.error} />}
        {pause.error && <ProblemBox problem={pause.error} />}
        {resume.error && <ProblemBox problem={resume.error} />}
        <Held line={line} onResume={hold} busy={resume.isPending} />
        {(test.isPending || test.data !== undefined || test.error) && (
          <div className={css.section}>
            <h3>
              <span className="grow">Test</span>
              {!test.isPending && (
                <Button size="xs" variant="subtle" color="gray" onClick={() => test.reset()}>
                  Put away
                </Button>
              )}
            </h3>
            <TestAnswer
              detail={test.data}
              busy={test.isPending}
              problem={test.error}
              host={hostOf(line.url)}
            />
          </div>
        )}
        <Health line={line} />
        <Outage line={line} />
        {/* A change may have changed the credentials too: what was revealed is not shown with it. */}
        <SettingsOf key={`${line.id} ${line.revision}`} line={line} />
        <WhyEvent line={line} />
        <p className="faint">
          <Link to="/deliveries" search={{ subscription: [line.id], range: "all" }}>
            Every delivery of it
          </Link>
        </p>
      </Scroll>
      {(asking === "recover" || asking === "replay") && (
        <SendAgain line={line} what={asking} onClose={() => setAsking(null)} />
      )}
      {asking === "rotate" && <RotateSecret line={line} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <DeleteSubscription line={line} onClose={() => setAsking(null)} onDeleted={onClose} />
      )}
    </DetailPane>
  );
}

/** Why what is new waits although the subscription is switched on. */
function Held({ line, onResume, busy }: { line: SubscriptionLine; onResume: () => void; busy: boolean }) {
  const { breaker } = line;
  if (!line.enabled) return null;
  if (line.paused) {
    return (
      <Verdict
        tone="retry"
        headline="It is paused."
        actions={
          <Button size="xs" loading={busy} onClick={onResume}>
            Resume
          </Button>
        }
      >
        Since <Time at={line.paused_since} />. What is new waits, nothing is lost.
      </Verdict>
    );
  }
  if (breaker.state === "closed")
    return line.warning ? <Verdict tone="retry" headline={line.warning} /> : null;
  return (
    <Verdict tone="retry" headline="Its host is not well, so deliveries wait.">
      Since <Time at={breaker.since} />.{" "}
      {breaker.next_probe_at ? (
        <>
          One is sent <Time at={breaker.next_probe_at} /> to see whether it is well again.
        </>
      ) : (
        "One is under way to see whether it is well again."
      )}{" "}
      The waiting does not use up the schedule.
    </Verdict>
  );
}
