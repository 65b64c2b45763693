// What needs attention at a platform: a webhook that drifted, a rejected API key.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RemoteView, SubscriptionLine } from "~/api/types";
import { useBrands } from "~/brand";
import { Time } from "~/parts";
import { driftWords, explainPlatformError } from "~/screens/brands/labels";
import { hostOf } from "~/screens/subscriptions/url";
import css from "./home.module.css";

export function AtPlatform({ line, remote }: { line: SubscriptionLine; remote: RemoteView }) {
  const title = line.name || hostOf(line.url);
  return (
    <section className={css.need} aria-label={title}>
      <div className="grow">
        <b>{title} differs from the webhook at the platform.</b>
        <p>{remote.drift && driftWords(remote.drift, remote.brand_name)}</p>
      </div>
      <div className={css.needActions}>
        <Button
          size="xs"
          variant="filled"
          renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ id: line.id }} />}
        >
          Review and repair
        </Button>
      </div>
    </section>
  );
}

/** Brands whose last sync failed. */
export function FailedBrands() {
  const brands = useBrands().filter(({ trouble }) => trouble !== null);
  return brands.map((brand) => (
    <section key={brand.id} className={css.need} aria-label={brand.name}>
      <div className="grow">
        <b>
          {brand.name}:{" "}
          {explainPlatformError(brand.trouble?.code ?? "", brand.platform_title)?.headline ??
            `${brand.platform_title} sync failed.`}
        </b>
        <p>
          Last sync failed <Time at={brand.trouble?.at ?? null} />. Webhooks at the platform keep running, but
          Hookbench cannot monitor or change them until this is resolved.
        </p>
      </div>
      <div className={css.needActions}>
        <Button
          size="xs"
          variant="filled"
          renderRoot={(props) => <Link {...props} to="/brands" search={{ id: brand.id }} />}
        >
          View details
        </Button>
      </div>
    </section>
  ));
}
