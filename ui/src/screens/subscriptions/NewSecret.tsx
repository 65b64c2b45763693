// A new secret, shown once.

import { CopyButton } from "~/parts";
import css from "./subscriptions.module.css";

export function NewSecret({ secret }: { secret: string }) {
  return (
    <div>
      <div className={css.secret}>
        <code data-testid="secret">{secret}</code>
        <CopyButton text={secret} label="Copy secret">
          Copy
        </CopyButton>
      </div>
      <p className="dim" style={{ marginTop: 4, fontSize: 12 }}>
        Add it to your endpoint now. It is not shown again. If you lose it, rotate the secret.
      </p>
    </div>
  );
}
