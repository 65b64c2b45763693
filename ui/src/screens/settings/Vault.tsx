// The vault: its state, and where its key comes from.

import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCall } from "~/data";
import { CopyButton, DefinitionList, Pill, ProblemBox, sentence, Verdict } from "~/parts";
import { count, plural } from "~/parts/format";
import classes from "./settings.module.css";

const SOURCES: Record<string, string> = {
  keyring: "System keyring",
  file: "File named by HOOKBENCH_VAULT_KEY_FILE",
  variable: "Environment variable HOOKBENCH_VAULT_KEY",
  memory: "Memory only, lost on exit",
};

const MAKE_KEY = "head -c 32 /dev/urandom | base64 > vault.key && chmod 600 vault.key";

export function Vault() {
  const { data: vault, error } = useCall("vault", null);
  if (error) return <ProblemBox problem={error} />;
  if (!vault) return null;
  const state = vault.open ? (
    <Pill tone="ok" icon={IconLockOpen}>
      Unlocked
    </Pill>
  ) : (
    <Pill tone={vault.trouble ? "fail" : "skip"} icon={IconLock}>
      {vault.trouble ? "Locked" : "Not needed yet"}
    </Pill>
  );
  return (
    <div className="stack">
      {vault.trouble && (
        <Verdict headline="The vault is locked" who="you">
          {sentence(vault.trouble)}
        </Verdict>
      )}
      <div className="card stack">
        <DefinitionList
          width={140}
          items={[
            ["State", state],
            ["Key source", SOURCES[vault.source] ?? vault.source],
            ["Secrets", vault.secrets === 0 ? "None yet" : count(vault.secrets)],
          ]}
        />
        <p className="dim">
          Platform API keys and the secrets of subscriptions and sources are encrypted with this key
          (XChaCha20-Poly1305) and decrypted only to sign and verify. The key is read when it is first needed.
          Manage API keys under <Link to="/brands">Brands</Link>.{" "}
          {vault.secrets > 0 && `Without the key, ${plural(vault.secrets, "secret")} cannot be recovered.`}
        </p>
      </div>
      {!vault.open && (
        <details className="card">
          <summary>Machines without a keyring</summary>
          <div className={`stack ${classes.inside}`}>
            <p>
              Write 32 random bytes as base64 to a file that only you can read, and set{" "}
              <code className="mono">HOOKBENCH_VAULT_KEY_FILE</code> to its path before you start Hookbench:
            </p>
            <span className={classes.place}>
              <code className="mono">{MAKE_KEY}</code>
              <CopyButton text={MAKE_KEY} label="Copy the command" small />
            </span>
            <p className="dim">Back up this file. Without it, the secrets cannot be decrypted.</p>
          </div>
        </details>
      )}
    </div>
  );
}
