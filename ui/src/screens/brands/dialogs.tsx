// Dialogs to replace a brand's API key, to edit it and to remove it.

import { Button, Checkbox, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { BrandView } from "~/api/types";
import { useAct } from "~/data";
import { Confirm, restProblem } from "~/parts";
import { plural } from "~/parts/format";
import { inputError } from "./labels";
import { PlatformError } from "./PlatformError";

interface DialogProps {
  brand: BrandView;
  onClose: () => void;
}

export function ReplaceKey({ brand, onClose }: DialogProps) {
  const form = useForm({ initialValues: { key: "" } });
  const edit = useAct("brand_edit", {
    done: `${brand.platform_title} accepts the new API key.`,
    after: onClose,
  });
  const rest = restProblem(edit.error, ["secret"]);
  return (
    <Modal opened onClose={onClose} title={`Replace API key of ${brand.name}`} size={480}>
      <form
        className="stack"
        onSubmit={form.onSubmit(({ key }) => edit.mutate({ id: brand.id, change: { secret: key.trim() } }))}
      >
        <p>
          Create a new key in the settings of {brand.platform_title} and paste it here. It is tested before it
          replaces the old one. Existing webhooks do not change.
        </p>
        <PasswordInput
          label="API key"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps("key")}
          {...inputError(edit.error, "secret")}
        />
        {rest && <PlatformError problem={rest} platform={brand.platform_title} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={edit.isPending}
            disabled={form.values.key.trim() === ""}
          >
            Test and save
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function EditBrand({ brand, onClose }: DialogProps) {
  const form = useForm({
    initialValues: { name: brand.name, url: brand.base_url, payloadId: brand.payload_id ?? "" },
    transformValues: ({ name, url, payloadId }) => ({
      ...(name.trim() === brand.name ? {} : { name: name.trim() }),
      ...(url.trim() === brand.base_url ? {} : { base_url: url.trim() }),
      ...(payloadId.trim() === (brand.payload_id ?? "") ? {} : { payload_id: payloadId.trim() || null }),
    }),
  });
  const edit = useAct("brand_edit", { done: ({ name: now }) => `${now} saved.`, after: onClose });
  const rest = restProblem(edit.error, ["name", "base_url", "payload_id"]);
  return (
    <Modal opened onClose={onClose} title={`Edit ${brand.name}`} size={480}>
      <form
        className="stack"
        onSubmit={form.onSubmit((change) => {
          if (Object.keys(change).length === 0) onClose();
          else edit.mutate({ id: brand.id, change });
        })}
      >
        <TextInput
          label="Name"
          data-autofocus
          {...form.getInputProps("name")}
          {...inputError(edit.error, "name")}
        />
        <TextInput
          label="API URL"
          type="url"
          {...form.getInputProps("url")}
          {...inputError(edit.error, "base_url")}
        />
        <TextInput
          label="Payload id"
          description="The brandId in the platform's payloads. Required if one URL receives events of several brands."
          placeholder="None"
          {...form.getInputProps("payloadId")}
          {...inputError(edit.error, "payload_id")}
        />
        {rest && <PlatformError problem={rest} platform={brand.platform_title} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={edit.isPending}
            disabled={form.values.name.trim() === ""}
          >
            Save
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function RemoveBrand({ brand, onClose, onRemoved }: DialogProps & { onRemoved: () => void }) {
  const [leave, setLeave] = useState(false);
  const remove = useAct("brand_remove", {
    done: `${brand.name} removed, with its API key.`,
    after: onRemoved,
  });
  const left = brand.subscriptions;
  return (
    <Confirm
      open
      danger
      title={`Remove ${brand.name}?`}
      action="Remove"
      busy={remove.isPending}
      problem={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ id: brand.id, leave_webhooks: leave })}
    >
      <p>The API key is deleted from the vault. Deliveries stay in the log.</p>
      {left > 0 && (
        <>
          <p style={{ marginTop: 8 }}>
            <b>{plural(left, "subscription runs", "subscriptions run")}</b> at {brand.platform_title}. Delete
            them first, or keep their webhooks so that {brand.platform_title} continues to send.
          </p>
          <Checkbox
            mt={10}
            label={`Keep the webhooks at ${brand.platform_title}`}
            checked={leave}
            onChange={(event) => setLeave(event.currentTarget.checked)}
          />
        </>
      )}
    </Confirm>
  );
}
