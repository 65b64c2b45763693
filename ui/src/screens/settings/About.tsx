// The version and licence.

import { useCall } from "~/data";
import { CopyButton, DefinitionList } from "~/parts";

export function About() {
  const { data: status } = useCall("status", null);
  const version = status?.version ?? "";
  return (
    <div className="card stack">
      <DefinitionList
        width={140}
        items={[
          [
            "Version",
            version !== "" && (
              <span className="line">
                Hookbench {version}
                <CopyButton text={`Hookbench ${version}`} label="Copy version" small />
              </span>
            ),
          ],
          ["License", "MIT or Apache-2.0, at your option"],
        ]}
      />
      <p className="dim">
        Hookbench runs entirely on this machine. It sends webhooks to your subscriptions' endpoints, and
        nothing anywhere else.
      </p>
    </div>
  );
}
