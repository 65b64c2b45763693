// The delivery log that the platform itself keeps: of a brand, or of one webhook.

import { Button, Loader } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { BrandView, RemoteDelivery } from "~/api/types";
import { useCall } from "~/data";
import { Empty, Pill, Time } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import css from "./brands.module.css";
import { Refusal } from "./PlatformError";

const SHOWN = 50;

export interface PlatformLogProps {
  brand: BrandView;
  /** Only what went to the webhook of this subscription. */
  subscription?: string;
}

export function PlatformLog({ brand, subscription }: PlatformLogProps) {
  const query = subscription === undefined ? { limit: SHOWN } : { limit: SHOWN, subscription };
  const log = useCall("brand_log", { id: brand.id, query }, { live: false });
  const [open, setOpen] = useState<string | null>(null);
  const titleOf = useEventTitles();
  const again = (
    <Button
      size="xs"
      leftSection={<IconRefresh size={14} stroke={1.6} aria-hidden="true" />}
      loading={log.isFetching}
      onClick={() => void log.refetch()}
    >
      Read again
    </Button>
  );
  if (log.error) return <Refusal problem={log.error} platform={brand.platform_title} action={again} />;
  if (!log.data) return <Loader size={16} m={18} />;
  const items = log.data.items;
  if (items.length === 0) {
    return (
      <Empty title="Nothing was sent yet" action={again}>
        What {brand.platform_title} sends, and what your receiver answered, stands here as the platform tells
        it.
      </Empty>
    );
  }
  const failed = items.filter((one) => one.at !== null && !arrived(one)).length;
  return (
    <>
      <div className={css.bar}>
        <span className="grow dim">
          As {brand.platform_title} tells it: the newest {items.length}
          {failed > 0 ? `, ${failed} of them not accepted` : ", all accepted"}.
        </span>
        {again}
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
            <th scope="col">When</th>
            <th scope="col">Event</th>
            <th scope="col">Answer</th>
            <th scope="col">Took</th>
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
                    <Pill tone="wait">Under way</Pill>
                  ) : (
                    <Pill tone={arrived(one) ? "ok" : "fail"}>{one.status ?? "No answer"}</Pill>
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

const arrived = ({ status }: RemoteDelivery) => status !== null && status >= 200 && status < 300;

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
        {entry.response || "The answer had no body, or the platform does not tell it."}
      </pre>
    </div>
  );
}
