// What needs somebody at a platform: a webhook that is not as it is kept here, a key that is refused.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RemoteView, SubscriptionLine } from "~/api/types";
import { useBrands } from "~/brand";
import { Time } from "~/parts";
import { driftWords, refusal } from "~/screens/brands/labels";
import { hostOf } from "~/screens/subscriptions/url";
import css from "./home.module.css";

export function AtPlatform({ line, remote }: { line: SubscriptionLine; remote: RemoteView }) {
  const title = line.name || hostOf(line.url);
  return (
    <section className={css.need} aria-label={title}>
      <div className="grow">
        <b>{title} is not at the platform as it is kept here.</b>
        <p>{remote.drift && driftWords(remote.drift, remote.brand_name)}</p>
      </div>
      <div className={css.needActions}>
        <Button
          size="xs"
          variant="filled"
          renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ id: line.id }} />}
        >
          Look and repair
        </Button>
      </div>
    </section>
  );
}

/** Platforms that could not be read the last time. */
export function BrandsInTrouble() {
  const brands = useBrands().filter(({ trouble }) => trouble !== null);
  return brands.map((brand) => (
    <section key={brand.id} className={css.need} aria-label={brand.name}>
      <div className="grow">
        <b>
          {brand.name}:{" "}
          {refusal(brand.trouble?.code ?? "", brand.platform_title)?.headline ??
            `${brand.platform_title} could not be read.`}
        </b>
        <p>
          Found <Time at={brand.trouble?.at ?? null} />. Webhooks there go on; they cannot be watched or
          changed from here until it is mended.
        </p>
      </div>
      <div className={css.needActions}>
        <Button
          size="xs"
          variant="filled"
          renderRoot={(props) => <Link {...props} to="/brands" search={{ id: brand.id }} />}
        >
          Look into it
        </Button>
      </div>
    </section>
  ));
}
