// One subscription: its health, its configuration and its actions.

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
import { DetailPane, HealthBadge, Key, ProblemBox, Time, Verdict } from "~/parts";
import { ScrollArea } from "../ScrollArea";
import { routeApi } from "../search";
import css from "../subscriptions.module.css";
import { TestResponse } from "../test-event/TestResponse";
import { hostOf } from "../url";
import { Configuration } from "./Configuration";
import { DeleteSubscription } from "./DeleteSubscription";
import { Health } from "./Health";
import { Outage } from "./Outage";
import { Replay } from "./Replay";
import { RotateSecret } from "./RotateSecret";
import { WhyEvent } from "./WhyEvent";

export interface SubscriptionDetailProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function SubscriptionDetail({ line, onClose }: SubscriptionDetailProps) {
  const navigate = routeApi.useNavigate();
  const [asking, setAsking] = useState<"rotate" | "delete" | "recover" | "replay" | null>(null);
  const test = useAct("subscription_test");
  const change = useAct("subscription_edit", {
    done: ({ enabled, name }) => `${name || "Subscription"} ${enabled ? "enabled" : "disabled"}.`,
  });
  const send = () => test.mutate({ id: line.id });
  const edit = () => void navigate({ search: { id: line.id, do: "edit" } });
  const duplicate = () => void navigate({ search: { do: "new", from: line.id } });
  const pause = useAct("subscription_pause", { done: "Paused. New events are queued until you resume." });
  const resume = useAct("subscription_resume", { done: "Resumed. Queued deliveries go first." });
  const hold = () => (line.paused ? resume : pause).mutate({ id: line.id });
  const turn = () => change.mutate({ id: line.id, change: { enabled: !line.enabled } });
  useShortcuts("Subscription", [
    { keys: "t", label: "Send test", enabled: line.enabled && !line.paused && !test.isPending, run: send },
    { keys: "Enter", label: "Edit", run: edit },
  ]);
  const title = line.name || hostOf(line.url);
  return (
    <DetailPane
      title={title}
      badge={<HealthBadge health={line.health.light} />}
      actions={
        <>
          {line.enabled ? (
            <Button variant="filled" onClick={send} loading={test.isPending} rightSection={<Key keys="t" />}>
              Test
            </Button>
          ) : (
            <Button variant="filled" onClick={turn} loading={change.isPending}>
              Enable
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
            {line.enabled ? "Disable" : "Enable"}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={15} />}
            disabled={line.scheme === "none"}
            onClick={() => setAsking("rotate")}
          >
            Rotate secret…
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
      <ScrollArea className={css.detailBody} label={`${title}, details`}>
        {change.error && <ProblemBox problem={change.error} />}
        {pause.error && <ProblemBox problem={pause.error} />}
        {resume.error && <ProblemBox problem={resume.error} />}
        <SendingNotice line={line} onResume={hold} busy={resume.isPending} />
        {(test.isPending || test.data !== undefined || test.error) && (
          <div className={css.section}>
            <h3>
              <span className="grow">Test</span>
              {!test.isPending && (
                <Button size="xs" variant="subtle" color="gray" onClick={() => test.reset()}>
                  Dismiss
                </Button>
              )}
            </h3>
            <TestResponse
              detail={test.data}
              busy={test.isPending}
              problem={test.error}
              host={hostOf(line.url)}
            />
          </div>
        )}
        <Health line={line} />
        <Outage line={line} />
        {/* Remounted on each revision: an edit may have changed the revealed credentials. */}
        <Configuration key={`${line.id} ${line.revision}`} line={line} />
        <WhyEvent line={line} />
        <p className="faint">
          <Link to="/deliveries" search={{ subscription: [line.id], range: "all" }}>
            View all deliveries
          </Link>
        </p>
      </ScrollArea>
      {(asking === "recover" || asking === "replay") && (
        <Replay line={line} what={asking} onClose={() => setAsking(null)} />
      )}
      {asking === "rotate" && <RotateSecret line={line} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <DeleteSubscription line={line} onClose={() => setAsking(null)} onDeleted={onClose} />
      )}
    </DetailPane>
  );
}

/** Why deliveries wait although the subscription is enabled. */
function SendingNotice({
  line,
  onResume,
  busy,
}: {
  line: SubscriptionLine;
  onResume: () => void;
  busy: boolean;
}) {
  const { breaker } = line;
  if (!line.enabled) return null;
  if (line.paused) {
    return (
      <Verdict
        tone="retry"
        headline="Paused."
        actions={
          <Button size="xs" loading={busy} onClick={onResume}>
            Resume
          </Button>
        }
      >
        Since <Time at={line.paused_since} />. New events are queued; nothing is lost.
      </Verdict>
    );
  }
  if (breaker.state === "closed")
    return line.warning ? <Verdict tone="retry" headline={line.warning} /> : null;
  return (
    <Verdict tone="retry" headline="The host is failing, so deliveries are on hold.">
      Since <Time at={breaker.since} />.{" "}
      {breaker.next_probe_at ? (
        <>
          Next probe <Time at={breaker.next_probe_at} />.
        </>
      ) : (
        "A probe is in flight."
      )}{" "}
      Holding uses up no attempts.
    </Verdict>
  );
}
