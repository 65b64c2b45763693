// How pulling from a relay stands.

import type { RelayView } from "~/api/types";
import { DefinitionList, Time, Verdict } from "~/parts";
import { count } from "~/parts/format";
import { standingOf } from "./relayStatus";

export function Relay({ relay }: { relay: RelayView }) {
  const { tone, headline, todo } = standingOf(relay);
  const standing = relay.standing;
  return (
    <>
      <Verdict tone={tone} headline={headline}>
        {todo}
        {standing?.next_try_at != null && (
          <>
            {" "}
            Next try <Time at={standing.next_try_at} form="relative" />.
          </>
        )}
      </Verdict>
      {relay.reserializes && (
        <Verdict tone="retry" headline="Re-serialised: cannot verify bytes">
          This relay parses each body and writes it anew. A signature verifies only where the sender writes
          its JSON the same way. For exact bytes use a relay that keeps them, such as webhook.site.
        </Verdict>
      )}
      <DefinitionList
        items={[
          ["Relay", relay.kind],
          ["Pulled", count(standing?.pulled ?? 0)],
          [
            "Last answer",
            standing?.answered_at != null && <Time key="a" at={standing.answered_at} form="both" />,
          ],
          ["Goes on from", relay.cursor !== null && <code className="mono">{relay.cursor}</code>],
        ]}
      />
    </>
  );
}
