// One brand: its status, the webhooks at its platform, and its actions.

import { Button, Loader, Menu } from "@mantine/core";
import {
  IconKey,
  IconPencil,
  IconPlugConnected,
  IconRefresh,
  IconShieldCheck,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BrandView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { DefinitionList, DetailPane, Key, Pill, ProblemBox, Tabs, Time, Verdict } from "~/parts";
import { plural } from "~/parts/format";
import css from "./brands.module.css";
import { Catalogue } from "./Catalogue";
import { EditBrand, RemoveBrand, ReplaceKey } from "./dialogs";
import { statusOf, stepWords, summaryWords } from "./labels";
import { PlatformError } from "./PlatformError";
import { PlatformLog } from "./PlatformLog";
import { routeApi, TABS } from "./search";
import { Webhooks } from "./Webhooks";

export interface BrandDetailProps {
  brand: BrandView;
  onClose: () => void;
}

export function BrandDetail({ brand, onClose }: BrandDetailProps) {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const [asking, setAsking] = useState<"key" | "edit" | "remove" | null>(null);
  const detail = useCall("brand", { id: brand.id });
  const sync = useAct("brand_sync");
  const check = useAct("brand_check");
  const read = (repair: boolean) => {
    check.reset();
    sync.mutate({ id: brand.id, repair });
  };
  useShortcuts("Brand", [{ keys: "s", label: "Sync now", enabled: !sync.isPending, run: () => read(false) }]);
  const { word, tone } = statusOf(brand);
  const there = detail.data?.webhooks.filter((one) => one.gone_at === null) ?? [];
  const tabs = [
    { id: "webhooks" as const, label: "Webhooks", count: there.length },
    ...(brand.has_log ? [{ id: "log" as const, label: "Delivery log" }] : []),
    { id: "events" as const, label: "Event types", count: detail.data?.event_types.length ?? 0 },
  ];
  const wanted = search.tab ?? "webhooks";
  const tab = tabs.some(({ id }) => id === wanted) ? wanted : "webhooks";
  return (
    <DetailPane
      title={brand.name}
      badge={<Pill tone={tone}>{word}</Pill>}
      actions={
        <Button
          variant="filled"
          leftSection={<IconRefresh size={15} stroke={1.6} aria-hidden="true" />}
          rightSection={<Key keys="s" />}
          loading={sync.isPending}
          onClick={() => read(false)}
        >
          Sync
        </Button>
      }
      more={
        <>
          <Menu.Item
            leftSection={<IconShieldCheck size={15} />}
            onClick={() => {
              sync.reset();
              check.mutate({ id: brand.id });
            }}
          >
            Test API key
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={15} />} onClick={() => setAsking("key")}>
            Replace API key…
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setAsking("edit")}>
            Edit…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--fail)"
            leftSection={<IconTrash size={15} />}
            onClick={() => setAsking("remove")}
          >
            Remove…
          </Menu.Item>
        </>
      }
      onClose={onClose}
    >
      <div className={css.facts}>
        <SyncResult brand={brand} sync={sync} check={check} onKey={() => setAsking("key")} onRead={read} />
        <DefinitionList
          items={[
            ["Platform", brand.platform_title],
            [
              "API URL",
              <code className="mono" key="url">
                {brand.base_url}
              </code>,
            ],
            ["API key", brand.has_key ? "In the vault" : "None"],
            ["Payload id", brand.payload_id],
            [
              "Last sync",
              <span key="sync">
                <Time at={brand.synced_at} form="both" />
              </span>,
            ],
          ]}
        />
        <div className="line">
          <Button
            leftSection={<IconPlugConnected size={15} stroke={1.6} aria-hidden="true" />}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/subscriptions"
                search={{ do: "new", at: brand.id, platform: brand.platform }}
              />
            )}
          >
            New webhook at {brand.platform_title}
          </Button>
          <Link to="/subscriptions" search={{ brand: brand.id }} className="dim">
            {plural(brand.subscriptions, "subscription")} at {brand.platform_title}
          </Link>
        </div>
      </div>
      {detail.error && <ProblemBox problem={detail.error} />}
      <Tabs
        label={`Data from ${brand.platform_title}`}
        tabs={tabs}
        active={tab}
        onChange={(id) =>
          void navigate({
            search: (was) => ({ ...was, tab: id === TABS[0] ? undefined : id }),
            replace: true,
          })
        }
        flush
      >
        <div className={css.scroll}>
          {tab === "webhooks" && <Webhooks brand={brand} webhooks={detail.data?.webhooks ?? []} />}
          {tab === "log" && <PlatformLog brand={brand} />}
          {tab === "events" && <Catalogue brand={brand} types={detail.data?.event_types ?? []} />}
        </div>
      </Tabs>
      {asking === "key" && <ReplaceKey brand={brand} onClose={() => setAsking(null)} />}
      {asking === "edit" && <EditBrand brand={brand} onClose={() => setAsking(null)} />}
      {asking === "remove" && (
        <RemoveBrand brand={brand} onClose={() => setAsking(null)} onRemoved={onClose} />
      )}
    </DetailPane>
  );
}

interface SyncResultProps {
  brand: BrandView;
  sync: ReturnType<typeof useAct<"brand_sync">>;
  check: ReturnType<typeof useAct<"brand_check">>;
  onKey: () => void;
  onRead: (repair: boolean) => void;
}

/** The progress or result of the last sync or key test, and what went wrong. */
function SyncResult({ brand, sync, check, onKey, onRead }: SyncResultProps) {
  if (sync.isPending || check.isPending || brand.syncing) {
    return (
      <div className="line" role="status">
        <Loader size={16} />
        <span className="dim">
          {brand.syncing ? stepWords(brand.syncing) : `Contacting ${brand.platform_title}…`}
        </span>
      </div>
    );
  }
  const failed = sync.error ?? check.error;
  const trouble = failed ?? (brand.trouble ? { ...brand.trouble, hint: null } : null);
  if (trouble) {
    const key = ["remote_authentication", "remote_forbidden", "invalid_key"].includes(trouble.code);
    return (
      <PlatformError
        problem={trouble}
        platform={brand.platform_title}
        action={
          key ? (
            <Button size="xs" variant="filled" onClick={onKey}>
              Replace API key
            </Button>
          ) : (
            <Button size="xs" onClick={() => onRead(false)}>
              Try again
            </Button>
          )
        }
      />
    );
  }
  const drifted = brand.drifted > 0 && (
    <Button size="xs" variant="filled" onClick={() => onRead(true)}>
      Repair {brand.drifted === 1 ? "it" : "them"}
    </Button>
  );
  if (sync.data) {
    const { warnings, drift } = sync.data;
    const open = drift.filter((one) => !one.repaired);
    return (
      <Verdict
        tone={open.length > 0 || warnings.length > 0 ? "retry" : "ok"}
        headline={summaryWords(sync.data).join(" ")}
        actions={drifted}
      >
        {[...warnings, ...open.flatMap(({ error }) => (error ? [error] : []))].join(" ")}
      </Verdict>
    );
  }
  if (check.data) {
    return (
      <Verdict
        tone={check.data.warnings.length > 0 ? "retry" : "ok"}
        headline={`${brand.platform_title} accepts the API key.`}
      >
        {check.data.warnings.join(" ")}
      </Verdict>
    );
  }
  if (drifted) {
    return (
      <Verdict
        tone="retry"
        headline={`${plural(brand.drifted, "subscription differs", "subscriptions differ")} from the webhook at ${brand.platform_title}.`}
        actions={drifted}
      >
        It was changed or removed at the platform.
      </Verdict>
    );
  }
  return null;
}
