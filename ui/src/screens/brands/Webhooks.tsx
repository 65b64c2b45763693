// The webhooks at a brand's platform, managed by Hookbench or created elsewhere.

import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BrandView, WebhookView } from "~/api/types";
import { useAct } from "~/data";
import { Confirm, Empty, ProblemBox, Time } from "~/parts";
import { plural } from "~/parts/format";
import { hostOf } from "~/screens/subscriptions/url";
import css from "./brands.module.css";

export function Webhooks({ brand, webhooks }: { brand: BrandView; webhooks: readonly WebhookView[] }) {
  const [removing, setRemoving] = useState<WebhookView | null>(null);
  const adopt = useAct("webhook_import", {
    done: "Webhook imported. Nothing changed at the platform.",
  });
  const remove = useAct("webhook_delete", {
    done: "Webhook removed from the platform.",
    after: () => setRemoving(null),
  });
  const there = webhooks.filter((one) => one.gone_at === null);
  const gone = webhooks.filter((one) => one.gone_at !== null).slice(-10);
  if (webhooks.length === 0) {
    return (
      <Empty
        title={`No webhooks at ${brand.platform_title} yet`}
        action={
          <Button
            variant="filled"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/subscriptions"
                search={{ do: "new", at: brand.id, platform: brand.platform }}
              />
            )}
          >
            New webhook at {brand.platform_title}
          </Button>
        }
      >
        A webhook at {brand.platform_title} sends events of your program to your endpoint.
      </Empty>
    );
  }
  return (
    <>
      {adopt.error && <ProblemBox problem={adopt.error} />}
      <table className={css.list} aria-label={`Webhooks at ${brand.platform_title}`}>
        <colgroup>
          <col />
          <col style={{ width: 96 }} />
          <col style={{ width: 92 }} />
          <col style={{ width: 168 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Event types</th>
            <th scope="col">First seen</th>
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {there.map((one) => (
            <tr key={one.id}>
              <td title={one.url}>
                <span className="mono">{one.url}</span>
              </td>
              <td className="dim" title={one.events.join(", ")}>
                {plural(one.events.length, "type")}
              </td>
              <td className="dim">
                <Time at={one.first_seen_at} />
              </td>
              <td>
                {one.subscription ? (
                  <Link to="/subscriptions" search={{ id: one.subscription }}>
                    Managed
                  </Link>
                ) : (
                  <span className="line">
                    <Button
                      size="xs"
                      loading={adopt.isPending && adopt.variables.webhook === one.id}
                      onClick={() => adopt.mutate({ brand: brand.id, webhook: one.id })}
                    >
                      Import
                    </Button>
                    <Menu>
                      <Menu.Target>
                        <ActionIcon aria-label={`More actions for ${hostOf(one.url)}`}>
                          <IconDots size={15} />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item
                          color="var(--fail)"
                          leftSection={<IconTrash size={15} />}
                          onClick={() => setRemoving(one)}
                        >
                          Remove from {brand.platform_title}…
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  </span>
                )}
              </td>
            </tr>
          ))}
          {gone.map((one) => (
            <tr key={one.id} data-gone>
              <td title={one.url}>
                <span className="mono">{one.url}</span>
              </td>
              <td>{plural(one.events.length, "type")}</td>
              <td>
                <Time at={one.first_seen_at} />
              </td>
              <td>
                removed <Time at={one.gone_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {removing && (
        <Confirm
          open
          danger
          title={`Remove the webhook to ${hostOf(removing.url)}?`}
          action="Remove"
          busy={remove.isPending}
          problem={remove.error}
          onClose={() => setRemoving(null)}
          onConfirm={() => remove.mutate({ brand: brand.id, webhook: removing.id })}
        >
          {brand.platform_title} stops sending to it immediately. This webhook was created elsewhere, and
          others may rely on it.
        </Confirm>
      )}
    </>
  );
}
