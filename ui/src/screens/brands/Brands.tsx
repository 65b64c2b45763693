// Brands: the accounts on affiliate platforms, with one open beside the list; or "Connect a platform".

import { Button } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { BrandView } from "~/api/types";
import { useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { type Column, Empty, Key, Page, Pill, ProblemBox, Rows, Split, Time } from "~/parts";
import { count } from "~/parts/format";
import { BrandDetail } from "./BrandDetail";
import { Connect } from "./Connect";
import { statusOf } from "./labels";
import { routeApi } from "./search";

const COLUMNS: readonly Column<BrandView>[] = [
  { id: "name", header: "Name", width: "minmax(110px, 1.2fr)", cell: (brand) => <b>{brand.name}</b> },
  {
    id: "platform",
    header: "Platform",
    width: "minmax(90px, 1fr)",
    cell: (brand) => <span className="dim">{brand.platform_title}</span>,
  },
  {
    id: "status",
    header: "State",
    width: "124px",
    cell: (brand) => {
      const { word, tone } = statusOf(brand);
      return <Pill tone={tone}>{word}</Pill>;
    },
  },
  {
    id: "webhooks",
    header: "Webhooks",
    width: "112px",
    align: "end",
    cell: (brand) => count(brand.webhook_count),
  },
  {
    id: "managed",
    header: "Managed",
    width: "104px",
    align: "end",
    cell: (brand) => count(brand.subscriptions),
  },
  {
    id: "synced",
    header: "Last sync",
    width: "96px",
    cell: (brand) => (
      <span className="dim">
        <Time at={brand.synced_at} />
      </span>
    ),
  },
];
const NARROW = ["webhooks", "managed", "synced"];
const NONE: readonly string[] = [];
const rowId = (brand: BrandView) => brand.id;

export function Brands() {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const { data: brands, error } = useCall("brands", null);
  const connecting = search.do === "connect";
  const select = (id: string | undefined) =>
    void navigate({ search: id === undefined ? {} : { id }, replace: search.id !== undefined });
  useShortcuts("Brands", [
    {
      keys: "n",
      label: "Connect a platform",
      enabled: !connecting,
      run: () => void navigate({ search: { do: "connect" } }),
    },
    {
      keys: "Escape",
      label: "Close",
      enabled: !connecting && search.id !== undefined,
      run: () => select(undefined),
    },
  ]);
  if (connecting) return <Connect />;
  if (!brands) {
    return (
      <Page title="Brands" padded>
        {error && <ProblemBox problem={error} />}
      </Page>
    );
  }
  const open = brands.find((brand) => brand.id === search.id);
  return (
    <Page
      title="Brands"
      subtitle="Your accounts on affiliate platforms, and their webhooks."
      actions={
        <Button
          variant="filled"
          rightSection={<Key keys="n" />}
          renderRoot={(props) => <Link {...props} to="/brands" search={{ do: "connect" }} />}
        >
          Connect a platform
        </Button>
      }
    >
      <Split
        id="brands"
        label="Brand"
        width={620}
        left={
          <Rows
            label="Brands"
            rows={brands}
            columns={COLUMNS}
            hidden={search.id === undefined ? NONE : NARROW}
            rowId={rowId}
            height={36}
            selected={search.id ?? null}
            onSelect={select}
            empty={
              <Empty
                icon={IconPlugConnected}
                title="No platform connected yet"
                action={
                  <Button
                    variant="filled"
                    renderRoot={(props) => <Link {...props} to="/brands" search={{ do: "connect" }} />}
                  >
                    Connect a platform
                  </Button>
                }
              >
                With the API key of your affiliate platform, you create, edit, monitor and repair its webhooks
                from here.
              </Empty>
            }
          />
        }
        right={
          search.id !== undefined &&
          (open ? (
            <BrandDetail key={open.id} brand={open} onClose={() => select(undefined)} />
          ) : (
            <Empty title="This brand is no longer connected">It was removed.</Empty>
          ))
        }
      />
    </Page>
  );
}
