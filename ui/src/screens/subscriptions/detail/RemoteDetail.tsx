// One subscription that runs at a platform: its drift, the platform's delivery log, and its actions.

import { Button, Menu } from "@mantine/core";
import { IconCopyPlus, IconKey, IconPencil, IconPower, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BrandView, DriftView, RemoteView, SubscriptionLine } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useAct } from "~/data";
import { useShortcuts } from "~/keys";
import { CopyButton, DefinitionList, DetailPane, Key, ProblemBox, Time, Verdict } from "~/parts";
import { useEventTitles } from "~/parts/format/eventTitles";
import { driftWords } from "~/screens/brands/labels";
import { PlatformLog } from "~/screens/brands/PlatformLog";
import { RemoteStatus, StatusIcon } from "../list/StatusCell";
import { ScrollArea } from "../ScrollArea";
import { routeApi } from "../search";
import css from "../subscriptions.module.css";
import { RemoteTest } from "../test-event/RemoteTest";
import { hostOf } from "../url";
import { inWords } from "./Configuration";
import { DeleteSubscription } from "./DeleteSubscription";
import { RotateSecret } from "./RotateSecret";

export interface RemoteDetailProps {
  line: SubscriptionLine;
  remote: RemoteView;
  onClose: () => void;
}

export function RemoteDetail({ line, remote, onClose }: RemoteDetailProps) {
  const navigate = routeApi.useNavigate();
  const brand = brandOf(useBrands(), remote.brand);
  const platform = brand?.platform_title ?? line.platform;
  const [asking, setAsking] = useState<"rotate" | "delete" | null>(null);
  const test = useAct("subscription_test_remotely");
  const change = useAct("subscription_edit", {
    done: ({ enabled, name }) =>
      enabled
        ? `${name || "Subscription"} is active at ${platform} again.`
        : `${name || "Subscription"} is disabled: its webhook at ${platform} is removed, its configuration is kept.`,
  });
  const send = () => test.mutate({ id: line.id });
  const edit = () => void navigate({ search: { id: line.id, do: "edit" } });
  const turn = () => change.mutate({ id: line.id, change: { enabled: !line.enabled } });
  useShortcuts("Subscription", [
    { keys: "t", label: "Send test", enabled: line.enabled && !test.isPending, run: send },
    { keys: "Enter", label: "Edit", enabled: !remote.changing, run: edit },
  ]);
  const title = line.name || hostOf(line.url);
  return (
    <DetailPane
      title={title}
      badge={<StatusIcon line={line} />}
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
          <Button
            onClick={edit}
            disabled={remote.changing}
            leftSection={<IconPencil size={15} stroke={1.6} aria-hidden="true" />}
          >
            Edit
          </Button>
        </>
      }
      more={
        <>
          <Menu.Item
            leftSection={<IconCopyPlus size={15} />}
            onClick={() => void navigate({ search: { do: "new", from: line.id, at: remote.brand } })}
          >
            Duplicate
          </Menu.Item>
          <Menu.Item leftSection={<IconPower size={15} />} onClick={turn} disabled={remote.changing}>
            {line.enabled ? "Disable" : "Enable"}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={15} />}
            disabled={line.scheme === "none" || remote.changing}
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
        <Unfinished line={line} remote={remote} platform={platform} />
        {remote.drift && <Drifted line={line} drift={remote.drift} brand={brand} platform={platform} />}
        <RemoteTest
          test={test}
          host={hostOf(line.url)}
          onClose={() => test.reset()}
          onAgain={send}
          platform={platform}
        />
        <Settings line={line} remote={remote} platform={platform} />
        {brand?.has_log && line.enabled && (
          <div className={css.section}>
            <h3>Deliveries by {platform}</h3>
            <div className={css.boxed}>
              <PlatformLog brand={brand} subscription={line.id} />
            </div>
          </div>
        )}
      </ScrollArea>
      {asking === "rotate" && <RotateSecret line={line} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <DeleteSubscription line={line} onClose={() => setAsking(null)} onDeleted={onClose} />
      )}
    </DetailPane>
  );
}

/** An interrupted change, and how it resumes. */
function Unfinished({
  line,
  remote,
  platform,
}: {
  line: SubscriptionLine;
  remote: RemoteView;
  platform: string;
}) {
  const resume = useAct("brand_sync");
  if (!remote.changing) return null;
  const doing: Record<string, string> = {
    creating: "Creating the webhook",
    editing: "Updating the webhook",
    undoing: "Rolling back a change",
    removing: "Removing the webhook",
  };
  const becoming = remote.becoming && remote.state === "editing" ? ` to ${remote.becoming}` : "";
  return (
    <>
      <Verdict
        tone="retry"
        headline={`${doing[remote.state] ?? "Updating the webhook"} at ${platform} was interrupted.`}
        actions={
          <Button
            size="xs"
            variant="filled"
            loading={resume.isPending}
            onClick={() => resume.mutate({ id: remote.brand, repair: false })}
          >
            Resume now
          </Button>
        }
      >
        {platform} did not respond during the change{becoming}. Hookbench resumes automatically as soon as{" "}
        {platform} responds. Until then, {hostOf(line.url)} may receive some events twice.
      </Verdict>
      {resume.error && <ProblemBox problem={resume.error} />}
    </>
  );
}

interface DriftedProps {
  line: SubscriptionLine;
  drift: DriftView;
  brand: BrandView | undefined;
  platform: string;
}

/** The drift, side by side, with the repair. */
function Drifted({ line, drift, brand, platform }: DriftedProps) {
  const titleOf = useEventTitles();
  const repair = useAct("subscription_repair", {
    done: `Webhook at ${platform} repaired.`,
  });
  const accept = useAct("subscription_accept", {
    done: `Version of ${platform} accepted.`,
  });
  const removed = drift.problem === "removed";
  const busy = repair.isPending || accept.isPending;
  const rows: (readonly [string, React.ReactNode])[] = [];
  if (drift.url !== null) {
    rows.push([
      "Hookbench",
      <code key="here" className="mono">
        {line.url}
      </code>,
    ]);
    rows.push([
      platform,
      <code key="there" className="mono" style={{ color: "var(--fail)" }}>
        {drift.url}
      </code>,
    ]);
  }
  if (drift.missing.length > 0)
    rows.push(["Missing event types", drift.missing.map((type) => inWords(type, titleOf)).join(", ")]);
  if (drift.added.length > 0)
    rows.push(["Extra event types", drift.added.map((type) => inWords(type, titleOf)).join(", ")]);
  return (
    <>
      <Verdict
        headline={driftWords(drift, platform)}
        actions={
          <>
            <Button
              size="xs"
              variant="filled"
              loading={repair.isPending}
              disabled={busy}
              onClick={() => repair.mutate({ id: line.id })}
            >
              {removed ? "Recreate" : "Repair"}
            </Button>
            <Button
              size="xs"
              loading={accept.isPending}
              disabled={busy}
              onClick={() => accept.mutate({ id: line.id })}
            >
              {removed ? "Accept and disable" : `Accept ${platform}’s version`}
            </Button>
          </>
        }
      >
        Detected <Time at={brand?.synced_at ?? null} />.{" "}
        {removed
          ? "Recreate restores the webhook from the configuration here. Accept keeps the configuration, disabled."
          : `Repair restores the configuration from here. Accept adopts the version of ${platform} and changes nothing there.`}
      </Verdict>
      {rows.length > 0 && <DefinitionList width={112} items={rows} />}
      {repair.error && <ProblemBox problem={repair.error} />}
      {accept.error && <ProblemBox problem={accept.error} />}
    </>
  );
}

interface SettingsProps {
  line: SubscriptionLine;
  remote: RemoteView;
  platform: string;
}

function Settings({ line, remote, platform }: SettingsProps) {
  const titleOf = useEventTitles();
  return (
    <div className={css.section}>
      <h3>Configuration</h3>
      <DefinitionList
        width={112}
        items={[
          ["Status", <RemoteStatus key="state" remote={remote} />],
          [
            "Sender",
            <Link key="brand" to="/brands" search={{ id: remote.brand }}>
              {platform === remote.brand_name ? platform : `${platform}, ${remote.brand_name}`}
            </Link>,
          ],
          [
            "Endpoint",
            <span className="line" key="url">
              <span className="mono" style={{ overflowWrap: "anywhere" }}>
                {line.url}
              </span>
              <CopyButton text={line.url} label="Copy URL" small />
            </span>,
          ],
          ["Event types", line.events.map((type) => inWords(type, titleOf)).join(", ")],
          [
            "Signature",
            line.scheme === "none"
              ? "Unsigned"
              : line.has_secret
                ? `${line.scheme}, signed by ${platform}`
                : "Secret unknown to Hookbench",
          ],
          [
            "Webhook id",
            remote.webhook && (
              <span className="line mono" key="webhook">
                {remote.webhook}
                <CopyButton text={remote.webhook} label="Copy webhook id" small />
              </span>
            ),
          ],
          ["Origin", remote.adopted ? "Imported" : null],
          ["Last sync", <Time key="synced" at={remote.synced_at} form="both" />],
          ["Created", <Time key="created" at={line.created_at} form="both" />],
        ]}
      />
    </div>
  );
}
