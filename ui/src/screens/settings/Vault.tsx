// Who holds the key to the secrets.

import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCall } from "~/data";
import { CopyButton, DefinitionList, Pill, ProblemBox, sentence, Verdict } from "~/parts";
import { count, plural } from "~/parts/format";
import classes from "./settings.module.css";

const SOURCES: Record<string, string> = {
  keyring: "The keyring of your system",
  file: "The file that HOOKBENCH_VAULT_KEY_FILE names",
  variable: "The variable HOOKBENCH_VAULT_KEY",
  memory: "Memory only: it is gone when this ends",
};

const MAKE_KEY = "head -c 32 /dev/urandom | base64 > vault.key && chmod 600 vault.key";

export function Vault() {
  const { data: vault, error } = useCall("vault", null);
  if (error) return <ProblemBox problem={error} />;
  if (!vault) return null;
  const state = vault.open ? (
    <Pill tone="ok" icon={IconLockOpen}>
      Open
    </Pill>
  ) : (
    <Pill tone={vault.trouble ? "fail" : "skip"} icon={IconLock}>
      {vault.trouble ? "Locked" : "Not needed yet"}
    </Pill>
  );
  return (
    <div className="stack">
      {vault.trouble && (
        <Verdict headline="The vault does not open" who="you">
          {sentence(vault.trouble)}
        </Verdict>
      )}
      <div className="card stack">
        <DefinitionList
          width={140}
          items={[
            ["State", state],
            ["Key", SOURCES[vault.source] ?? vault.source],
            ["Secrets", vault.secrets === 0 ? "None yet" : count(vault.secrets)],
          ]}
        />
        <p className="dim">
          API keys of platforms, and secrets of subscriptions and sources are sealed with this key
          (XChaCha20-Poly1305) and opened only to sign and to verify. The key is fetched when it is first
          needed. <Link to="/brands">Brands and their keys</Link> are a place of their own.{" "}
          {vault.secrets > 0 && `Without it, ${plural(vault.secrets, "secret")} cannot be read by anyone.`}
        </p>
      </div>
      {!vault.open && (
        <details className="card">
          <summary>On a machine without a keyring</summary>
          <div className={`stack ${classes.inside}`}>
            <p>
              Put 32 random bytes in base64 into a file that only you can read, and name it in the environment
              variable <code className="mono">HOOKBENCH_VAULT_KEY_FILE</code> before you start Hookbench:
            </p>
            <span className={classes.place}>
              <code className="mono">{MAKE_KEY}</code>
              <CopyButton text={MAKE_KEY} label="Copy the command" small />
            </span>
            <p className="dim">
              Keep a copy of that file elsewhere: secrets sealed with it open with nothing else.
            </p>
          </div>
        </details>
      )}
    </div>
  );
}
