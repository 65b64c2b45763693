// The platform's own delivery log, of a brand or of one webhook.

import { Button, Loader } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { BrandView, RemoteDelivery } from "~/api/types";
import { useCall } from "~/data";
import { Empty, Pill, Time } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import css from "./brands.module.css";
import { PlatformError } from "./PlatformError";

const SHOWN = 50;

export interface PlatformLogProps {
  brand: BrandView;
  /** Limits the log to the webhook of this subscription. */
  subscription?: string;
}

export function PlatformLog({ brand, subscription }: PlatformLogProps) {
  const query = subscription === undefined ? { limit: SHOWN } : { limit: SHOWN, subscription };
  const log = useCall("brand_log", { id: brand.id, query }, { live: false });
  const [open, setOpen] = useState<string | null>(null);
  const titleOf = useEventTitles();
  const refresh = (
    <Button
      size="xs"
      leftSection={<IconRefresh size={14} stroke={1.6} aria-hidden="true" />}
      loading={log.isFetching}
      onClick={() => void log.refetch()}
    >
      Refresh
    </Button>
  );
  if (log.error)
    return <PlatformError problem={log.error} platform={brand.platform_title} action={refresh} />;
  if (!log.data) return <Loader size={16} m={18} />;
  const items = log.data.items;
  if (items.length === 0) {
    return (
      <Empty title="No deliveries yet" action={refresh}>
        Deliveries by {brand.platform_title} and the responses of your endpoint appear here, as reported by
        the platform.
      </Empty>
    );
  }
  const failed = items.filter((one) => one.at !== null && !accepted(one)).length;
  return (
    <>
      <div className={css.bar}>
        <span className="grow dim">
          Newest {items.length} deliveries reported by {brand.platform_title}{" "}
          {failed > 0 ? `, ${failed} rejected` : ", all accepted"}.
        </span>
        {refresh}
      </div>
      <table className={css.list} aria-label={`Delivery log of ${brand.platform_title}`}>
        <colgroup>
          <col style={{ width: 104 }} />
          <col />
          <col style={{ width: 96 }} />
          <col style={{ width: 76 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Response</th>
            <th scope="col">Latency</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <Fragment key={one.id}>
              <tr>
                <td className="dim">
                  <Time at={one.at} />
                </td>
                <td>
                  <button
                    type="button"
                    className={css.link}
                    aria-expanded={open === one.id}
                    onClick={() => setOpen(open === one.id ? null : one.id)}
                  >
                    {one.event_type ? titleOf(one.event_type) : (one.event ?? one.id)}
                  </button>
                </td>
                <td>
                  {one.at === null ? (
                    <Pill tone="wait">In flight</Pill>
                  ) : (
                    <Pill tone={accepted(one) ? "ok" : "fail"}>{one.status ?? "No response"}</Pill>
                  )}
                </td>
                <td className="dim">{one.latency_ms === null ? "–" : duration(one.latency_ms)}</td>
              </tr>
              {open === one.id && (
                <tr>
                  <td colSpan={4} style={{ whiteSpace: "normal", height: "auto", padding: "8px 18px" }}>
                    <Entry entry={one} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </>
  );
}

const accepted = ({ status }: RemoteDelivery) => status !== null && status >= 200 && status < 300;

function Entry({ entry }: { entry: RemoteDelivery }) {
  return (
    <div className="stack">
      <span className="dim">
        Event <code className="mono">{entry.event ?? "unknown"}</code>
        {entry.webhook && (
          <>
            {" "}
            to webhook <code className="mono">{entry.webhook}</code>
          </>
        )}
      </span>
      <pre className="mono" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", margin: 0 }}>
        {entry.response || "Empty response body, or not reported by the platform."}
      </pre>
    </div>
  );
}
