// A secret that was generated just now: shown this once.

import { CopyButton } from "~/parts";
import css from "./subscriptions.module.css";

export function SecretOnce({ secret }: { secret: string }) {
  return (
    <div>
      <div className={css.secret}>
        <code data-testid="secret">{secret}</code>
        <CopyButton text={secret} label="Copy the secret">
          Copy
        </CopyButton>
      </div>
      <p className="dim" style={{ marginTop: 4, fontSize: 12 }}>
        Give it to your receiver now: it is not shown again. If it gets lost, rotate it.
      </p>
    </div>
  );
}
