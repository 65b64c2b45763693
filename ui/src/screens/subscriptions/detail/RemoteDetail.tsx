// One subscription that runs at a platform: whether the platform has it as it is kept here, its
// delivery log, and what can be done with it.

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
import { LineLight, RemotePill } from "../list/StatusCell";
import { Scroll } from "../ScrollArea";
import { routeApi } from "../search";
import css from "../subscriptions.module.css";
import { Rehearsed } from "../test-event/RemoteTest";
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
  const test = useAct("subscription_rehearse");
  const change = useAct("subscription_edit", {
    done: ({ enabled, name }) =>
      enabled
        ? `${name || "It"} is at ${platform} again.`
        : `${name || "It"} is taken down at ${platform}, and kept here.`,
  });
  const send = () => test.mutate({ id: line.id });
  const edit = () => void navigate({ search: { id: line.id, do: "edit" } });
  const turn = () => change.mutate({ id: line.id, change: { enabled: !line.enabled } });
  useShortcuts("Subscription", [
    { keys: "t", label: "Send a test", enabled: line.enabled && !test.isPending, run: send },
    { keys: "Enter", label: "Edit", enabled: !remote.changing, run: edit },
  ]);
  const title = line.name || hostOf(line.url);
  return (
    <DetailPane
      title={title}
      badge={<LineLight line={line} />}
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
            {line.enabled ? "Turn off" : "Turn on"}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={15} />}
            disabled={line.scheme === "none" || remote.changing}
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
        <Unfinished line={line} remote={remote} platform={platform} />
        {remote.drift && <Drifted line={line} drift={remote.drift} brand={brand} platform={platform} />}
        <Rehearsed
          test={test}
          host={hostOf(line.url)}
          onClose={() => test.reset()}
          onAgain={send}
          platform={platform}
        />
        <Settings line={line} remote={remote} platform={platform} />
        {brand?.has_log && line.enabled && (
          <div className={css.section}>
            <h3>What {platform} sent</h3>
            <div className={css.boxed}>
              <PlatformLog brand={brand} subscription={line.id} />
            </div>
          </div>
        )}
      </Scroll>
      {asking === "rotate" && <RotateSecret line={line} onClose={() => setAsking(null)} />}
      {asking === "delete" && (
        <DeleteSubscription line={line} onClose={() => setAsking(null)} onDeleted={onClose} />
      )}
    </DetailPane>
  );
}

/** A change that was interrupted, and how it goes on. */
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
    creating: "Making it",
    editing: "Changing it",
    undoing: "Taking a change back",
    removing: "Removing it",
  };
  const becoming = remote.becoming && remote.state === "editing" ? ` to ${remote.becoming}` : "";
  return (
    <>
      <Verdict
        tone="retry"
        headline={`${doing[remote.state] ?? "Changing it"} at ${platform} was interrupted.`}
        actions={
          <Button
            size="xs"
            variant="filled"
            loading={resume.isPending}
            onClick={() => resume.mutate({ id: remote.brand, repair: false })}
          >
            Go on now
          </Button>
        }
      >
        {platform} did not answer in the middle of it{becoming}. Nothing is half done for good: Hookbench goes
        on by itself as soon as {platform} answers. Until then {hostOf(line.url)} may be told some events
        twice.
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

/** What the platform has instead, side by side, and the repair. */
function Drifted({ line, drift, brand, platform }: DriftedProps) {
  const titleOf = useEventTitles();
  const repair = useAct("subscription_repair", {
    done: `${platform} has it again as it is kept here.`,
  });
  const accept = useAct("subscription_accept", {
    done: `Kept here as it is at ${platform}.`,
  });
  const removed = drift.problem === "removed";
  const busy = repair.isPending || accept.isPending;
  const rows: (readonly [string, React.ReactNode])[] = [];
  if (drift.url !== null) {
    rows.push([
      "Here",
      <code key="here" className="mono">
        {line.url}
      </code>,
    ]);
    rows.push([
      `At ${platform}`,
      <code key="there" className="mono" style={{ color: "var(--fail)" }}>
        {drift.url}
      </code>,
    ]);
  }
  if (drift.missing.length > 0)
    rows.push(["Not sent there", drift.missing.map((type) => inWords(type, titleOf)).join(", ")]);
  if (drift.added.length > 0)
    rows.push(["Sent besides", drift.added.map((type) => inWords(type, titleOf)).join(", ")]);
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
              {removed ? "Make it again" : "Repair"}
            </Button>
            <Button
              size="xs"
              loading={accept.isPending}
              disabled={busy}
              onClick={() => accept.mutate({ id: line.id })}
            >
              {removed ? "Accept: turn it off here" : `Accept ${platform}’s version`}
            </Button>
          </>
        }
      >
        Seen <Time at={brand?.synced_at ?? null} />.{" "}
        {removed
          ? "Making it again puts back what is kept here; accepting keeps it here, turned off."
          : `Repairing puts back what is kept here; accepting keeps what ${platform} has, and changes nothing there.`}
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
      <h3>Settings</h3>
      <DefinitionList
        width={112}
        items={[
          ["State", <RemotePill key="state" remote={remote} />],
          [
            "Runs at",
            <Link key="brand" to="/brands" search={{ id: remote.brand }}>
              {platform === remote.brand_name ? platform : `${platform}, ${remote.brand_name}`}
            </Link>,
          ],
          [
            "Goes to",
            <span className="line" key="url">
              <span className="mono" style={{ overflowWrap: "anywhere" }}>
                {line.url}
              </span>
              <CopyButton text={line.url} label="Copy the URL" small />
            </span>,
          ],
          ["Is told", line.events.map((type) => inWords(type, titleOf)).join(", ")],
          [
            "Signature",
            line.scheme === "none"
              ? `${platform} signs nothing`
              : line.has_secret
                ? `${platform} signs as ${line.scheme}`
                : "The secret is not known here",
          ],
          [
            "Webhook there",
            remote.webhook && (
              <span className="line mono" key="webhook">
                {remote.webhook}
                <CopyButton text={remote.webhook} label="Copy the webhook's id" small />
              </span>
            ),
          ],
          ["Taken over", remote.adopted ? "It was made elsewhere" : null],
          ["Last compared", <Time key="synced" at={remote.synced_at} form="both" />],
          ["Made", <Time key="made" at={line.created_at} form="both" />],
        ]}
      />
    </div>
  );
}
