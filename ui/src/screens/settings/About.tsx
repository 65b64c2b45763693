// Which Hookbench this is.

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
                <CopyButton text={`Hookbench ${version}`} label="Copy the version" small />
              </span>
            ),
          ],
          ["Licence", "MIT or Apache-2.0, as you choose"],
        ]}
      />
      <p className="dim">
        Hookbench runs on this machine alone. It sends webhooks where your subscriptions say and nothing
        anywhere else.
      </p>
    </div>
  );
}
