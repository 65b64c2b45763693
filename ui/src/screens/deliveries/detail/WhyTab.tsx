// Why the event of a delivery was or was not sent to its subscription.

import type { DeliveryDetail } from "~/api/types";
import { useCall } from "~/data";
import { ProblemBox } from "~/parts";
import { WhyExplanation } from "~/parts/diagnosis/WhyExplanation";

export function WhyTab({ detail }: { detail: DeliveryDetail }) {
  const scope = detail.brand === null ? {} : { brand: detail.brand };
  const asked = { event: detail.event, subscription: detail.subscription };
  // The brand may be the source's and not the event's: then the id alone identifies it.
  const own = useCall("why", { ...asked, ...scope }, { keep: false });
  const bare = useCall("why", asked, { keep: false, enabled: own.error !== null });
  const data = own.data ?? bare.data;
  if (!data) return bare.error ? <ProblemBox problem={bare.error} /> : null;
  return data.items.map((why) => <WhyExplanation key={why.subscription} why={why} open />);
}
