// The event types that a brand's platform offers.

import { useMemo } from "react";
import type { BrandEventType, BrandView } from "~/api/types";
import { useCall } from "~/data";
import { Empty } from "~/parts";
import { titlesOf, useEventTitles } from "~/parts/format/eventTitles";
import css from "./brands.module.css";

export function Catalogue({ brand, types }: { brand: BrandView; types: readonly BrandEventType[] }) {
  const { data } = useCall("platforms", null, { live: false });
  const any = useEventTitles();
  const own = useMemo(
    () => titlesOf((data ?? []).filter((one) => one.name === brand.platform)),
    [data, brand.platform],
  );
  if (types.length === 0) return <Empty title="No event types">Sync the brand to load them.</Empty>;
  return (
    <table className={css.list} aria-label="Event types">
      <colgroup>
        <col style={{ width: "36%" }} />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Event type</th>
          <th scope="col">Description</th>
        </tr>
      </thead>
      <tbody>
        {types.map(({ name, meaning }) => (
          <tr key={name}>
            <td>
              <div className={css.two}>
                <span>{own.get(name) ?? any(name)}</span>
                <span className="mono faint">{name}</span>
              </div>
            </td>
            <td className="dim" title={meaning}>
              {meaning || "No description"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
