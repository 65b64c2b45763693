// A brand's new key, its name and address, and its removal.

import { Button, Checkbox, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BrandView } from "~/api/types";
import { useAct } from "~/data";
import { Confirm, restProblem } from "~/parts";
import { plural } from "~/parts/format";
import { wrongWith } from "./labels";
import { Refusal } from "./PlatformError";

interface DialogProps {
  brand: BrandView;
  onClose: () => void;
}

export function NewKey({ brand, onClose }: DialogProps) {
  const [key, setKey] = useState("");
  const edit = useAct("brand_edit", {
    done: `${brand.platform_title} accepts the new key.`,
    after: onClose,
  });
  const rest = restProblem(edit.error, ["secret"]);
  return (
    <Modal opened onClose={onClose} title={`New API key for ${brand.name}`} size={480}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          edit.mutate({ id: brand.id, change: { secret: key.trim() } });
        }}
      >
        <p>
          Make a new key in {brand.platform_title}'s settings and paste it here. It is tried before it takes
          the place of the old one; webhooks there stay as they are.
        </p>
        <PasswordInput
          label="API key"
          autoComplete="off"
          data-autofocus
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          {...wrongWith(edit.error, "secret")}
        />
        {rest && <Refusal problem={rest} platform={brand.platform_title} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={edit.isPending} disabled={key.trim() === ""}>
            Check and keep
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function EditBrand({ brand, onClose }: DialogProps) {
  const [name, setName] = useState(brand.name);
  const [url, setUrl] = useState(brand.base_url);
  const [payload, setPayload] = useState(brand.payload_id ?? "");
  const edit = useAct("brand_edit", { done: ({ name: now }) => `${now} is saved.`, after: onClose });
  const rest = restProblem(edit.error, ["name", "base_url", "payload_id"]);
  const change = {
    ...(name.trim() === brand.name ? {} : { name: name.trim() }),
    ...(url.trim() === brand.base_url ? {} : { base_url: url.trim() }),
    ...(payload.trim() === (brand.payload_id ?? "") ? {} : { payload_id: payload.trim() || null }),
  };
  return (
    <Modal opened onClose={onClose} title={`Name and address of ${brand.name}`} size={480}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (Object.keys(change).length === 0) onClose();
          else edit.mutate({ id: brand.id, change });
        }}
      >
        <TextInput
          label="Name"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          {...wrongWith(edit.error, "name")}
        />
        <TextInput
          label="Address of its API"
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          {...wrongWith(edit.error, "base_url")}
        />
        <TextInput
          label="What its payloads call it"
          description="The brandId in the platform's payloads: needed where one URL serves several brands."
          placeholder="None"
          value={payload}
          onChange={(event) => setPayload(event.currentTarget.value)}
          {...wrongWith(edit.error, "payload_id")}
        />
        {rest && <Refusal problem={rest} platform={brand.platform_title} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={edit.isPending} disabled={name.trim() === ""}>
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
    done: `${brand.name} is removed, and its API key with it.`,
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
      <p>Its API key leaves the vault. What was delivered stays in the log.</p>
      {left > 0 && (
        <>
          <p style={{ marginTop: 8 }}>
            <b>{plural(left, "subscription runs", "subscriptions run")}</b> at {brand.platform_title}. Delete
            them first, or forget them here and let {brand.platform_title} go on sending.
          </p>
          <Checkbox
            mt={10}
            label={`Leave their webhooks at ${brand.platform_title}`}
            checked={leave}
            onChange={(event) => setLeave(event.currentTarget.checked)}
          />
        </>
      )}
    </Confirm>
  );
}
