// Gives a subscription a new secret; for a while the old one signs beside it.

import { Button, Modal, PasswordInput, Select } from "@mantine/core";
import { useState } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useAct } from "~/data";
import { fieldError, ProblemBox, restProblem } from "~/parts";
import { SecretOnce } from "../NewSecret";
import { hostOf } from "../url";

const HOUR = 3_600_000;
const OVERLAPS = [
  { value: String(HOUR), label: "1 hour" },
  { value: String(24 * HOUR), label: "24 hours" },
  { value: String(7 * 24 * HOUR), label: "7 days" },
  { value: String(30 * 24 * HOUR), label: "30 days" },
  { value: "0", label: "not at all: the old one is known to others" },
];

export interface RotateSecretProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function RotateSecret({ line, onClose }: RotateSecretProps) {
  const [overlap, setOverlap] = useState(String(24 * HOUR));
  const [own, setOwn] = useState(false);
  const [given, setGiven] = useState("");
  const rotate = useAct("subscription_rotate", { done: ({ name }) => `${name || "It"} has a new secret.` });
  const name = line.name || hostOf(line.url);
  const rest = restProblem(rotate.error, ["secret", "overlap_ms"]);
  const words = OVERLAPS.find((o) => o.value === overlap)?.label;
  if (rotate.data) {
    return (
      <Modal
        opened
        onClose={onClose}
        title={`New secret of “${name}”`}
        size={520}
        closeOnClickOutside={false}
      >
        <div className="stack">
          {rotate.data.secret ? (
            <SecretOnce secret={rotate.data.secret} />
          ) : (
            <p>Your secret signs from now on.</p>
          )}
          <p className="dim">
            {overlap === "0" || !line.has_secret || line.remote
              ? "Every request is signed with the new secret alone, starting now."
              : `Every request carries both signatures for ${words}. Change your receiver over within that time.`}
          </p>
          <div className="line" style={{ justifyContent: "flex-end" }}>
            <Button variant="filled" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={`Rotate the secret of “${name}”`} size={520}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate({
            id: line.id,
            ...(line.remote ? {} : { overlap_ms: Number(overlap) }),
            ...(own ? { secret: given } : {}),
          });
        }}
      >
        {line.remote ? (
          <p>
            The platform signs with one secret at a time, and with the new one at once. Have your receiver
            accept both for a while before you rotate.
          </p>
        ) : (
          <p>
            A new secret signs from now on. So that nothing is refused in between, the old one goes on signing
            beside it for a while: a receiver that knows either of them accepts.
          </p>
        )}
        {line.has_secret && !line.remote && (
          <Select
            label="The old secret goes on signing for"
            data={OVERLAPS}
            value={overlap}
            onChange={(value) => setOverlap(value ?? overlap)}
            {...fieldError(rotate.error, "overlap_ms")}
          />
        )}
        {own ? (
          <PasswordInput
            label="New secret"
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
            {...fieldError(rotate.error, "secret")}
          />
        ) : (
          <p className="dim">The new secret is generated and shown once.</p>
        )}
        <div className="line">
          <Button size="xs" variant="subtle" onClick={() => setOwn(!own)}>
            {own ? "Have one generated" : "Give one of my own"}
          </Button>
        </div>
        {rest && <ProblemBox problem={rest} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={rotate.isPending} disabled={own && given === ""}>
            Rotate
          </Button>
        </div>
      </form>
    </Modal>
  );
}
