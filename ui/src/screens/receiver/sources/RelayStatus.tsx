// The status of pulling from a relay.

import type { RelayView } from "~/api/types";
import { DefinitionList, Time, Verdict } from "~/parts";
import { count } from "~/parts/format";
import { relayStatus } from "./relayStatus";

export function RelayStatus({ relay }: { relay: RelayView }) {
  const { tone, headline, todo } = relayStatus(relay);
  const standing = relay.standing;
  return (
    <>
      <Verdict tone={tone} headline={headline}>
        {todo}
        {standing?.next_try_at != null && (
          <>
            {" "}
            Next retry <Time at={standing.next_try_at} form="relative" />.
          </>
        )}
      </Verdict>
      {relay.reserializes && (
        <Verdict tone="retry" headline="Re-serialized: signatures may not verify">
          This relay parses each body and serializes it again. A signature verifies only if the sender formats
          its JSON the same way. For exact bytes, use a relay that preserves them, such as webhook.site.
        </Verdict>
      )}
      <DefinitionList
        items={[
          ["Relay", relay.kind],
          ["Pulled", count(standing?.pulled ?? 0)],
          [
            "Last response",
            standing?.answered_at != null && <Time key="a" at={standing.answered_at} form="both" />,
          ],
          ["Cursor", relay.cursor !== null && <code className="mono">{relay.cursor}</code>],
        ]}
      />
    </>
  );
}
