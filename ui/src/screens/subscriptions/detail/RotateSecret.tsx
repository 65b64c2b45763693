// Rotates the secret of a subscription; both secrets sign during an overlap.

import { Button, Modal, PasswordInput, Select } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { SubscriptionLine } from "~/api/types";
import { useAct } from "~/data";
import { fieldError, ProblemBox, restProblem } from "~/parts";
import { NewSecret } from "../NewSecret";
import { hostOf } from "../url";

const HOUR = 3_600_000;
const OVERLAPS = [
  { value: String(HOUR), label: "1 hour" },
  { value: String(24 * HOUR), label: "24 hours" },
  { value: String(7 * 24 * HOUR), label: "7 days" },
  { value: String(30 * 24 * HOUR), label: "30 days" },
  { value: "0", label: "No overlap: the old secret is compromised" },
];

export interface RotateSecretProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function RotateSecret({ line, onClose }: RotateSecretProps) {
  const form = useForm({ initialValues: { overlap: String(24 * HOUR), generate: true, secret: "" } });
  const { overlap, generate, secret } = form.values;
  const rotate = useAct("subscription_rotate", {
    done: ({ name }) => `Secret of ${name || "the subscription"} rotated.`,
  });
  const name = line.name || hostOf(line.url);
  const rest = restProblem(rotate.error, ["secret", "overlap_ms"]);
  const words = OVERLAPS.find((o) => o.value === overlap)?.label;
  if (rotate.data) {
    return (
      <Modal
        opened
        onClose={onClose}
        title={`New secret for “${name}”`}
        size={520}
        closeOnClickOutside={false}
      >
        <div className="stack">
          {rotate.data.secret ? <NewSecret secret={rotate.data.secret} /> : <p>Your secret is now in use.</p>}
          <p className="dim">
            {overlap === "0" || !line.has_secret || line.remote
              ? "From now on, requests are signed with the new secret only."
              : `For ${words}, requests carry both signatures. Update your endpoint within that time.`}
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
    <Modal opened onClose={onClose} title={`Rotate secret of “${name}”`} size={520}>
      <form
        className="stack"
        onSubmit={form.onSubmit(() =>
          rotate.mutate({
            id: line.id,
            ...(line.remote ? {} : { overlap_ms: Number(overlap) }),
            ...(generate ? {} : { secret }),
          }),
        )}
      >
        {line.remote ? (
          <p>
            The platform signs with one secret at a time and switches immediately. Make your endpoint accept
            both secrets before you rotate.
          </p>
        ) : (
          <p>
            During the overlap, requests are signed with both secrets, so your endpoint accepts them with
            either one.
          </p>
        )}
        {line.has_secret && !line.remote && (
          <Select
            label="Overlap"
            data={OVERLAPS}
            allowDeselect={false}
            {...form.getInputProps("overlap")}
            {...fieldError(rotate.error, "overlap_ms")}
          />
        )}
        {generate ? (
          <p className="dim">A new secret is generated and shown once.</p>
        ) : (
          <PasswordInput
            label="New secret"
            autoComplete="off"
            data-autofocus
            {...form.getInputProps("secret")}
            {...fieldError(rotate.error, "secret")}
          />
        )}
        <div className="line">
          <Button size="xs" variant="subtle" onClick={() => form.setFieldValue("generate", !generate)}>
            {generate ? "Enter my own secret" : "Generate a secret"}
          </Button>
        </div>
        {rest && <ProblemBox problem={rest} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={rotate.isPending}
            disabled={!generate && secret === ""}
          >
            Rotate
          </Button>
        </div>
      </form>
    </Modal>
  );
}
