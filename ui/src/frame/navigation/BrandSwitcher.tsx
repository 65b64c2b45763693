// The brand switcher: the selected brand, the others, and "Connect a platform".

import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlugConnected, IconSelector, IconSettings } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { StatusView } from "~/api";
import type { BrandView } from "~/api/types";
import { useChosenBrand } from "~/brand";
import { plural } from "~/parts/format";
import frame from "../frame.module.css";

export function BrandSwitcher({ status, narrow }: { status: StatusView | undefined; narrow: boolean }) {
  const navigate = useNavigate();
  const { brands, brand, choose } = useChosenBrand();
  const demo = status?.workspace === "demo";
  const name = brand?.name ?? (demo ? "Demo" : "Hookbench");
  const version = status ? `Version ${status.version}` : "Connecting…";
  const below =
    brand?.platform_title ??
    (demo
      ? "Simulated traffic"
      : brands.length > 1
        ? `All ${plural(brands.length, "brand")}`
        : brands.length === 1
          ? "1 brand"
          : version);
  const trouble = brands.some(needsAttention);
  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <UnstyledButton className={frame.brand} title={status?.data_dir}>
          <span className={frame.mark} aria-hidden="true">
            {brand ? initials(brand.name) : demo ? "De" : "Hb"}
            {trouble && <span className={frame.markAlarm} />}
          </span>
          {narrow ? (
            <span className="hidden">{`${name}, ${below}`}</span>
          ) : (
            <span className="grow">
              <strong className="ellipsis">{name}</strong> <small className="ellipsis">{below}</small>
            </span>
          )}
          <span className="hidden">, switch brand{trouble && "; one needs attention"}</span>
          {!narrow && <IconSelector size={14} stroke={1.6} aria-hidden="true" />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {brands.length > 0 && (
          <>
            <Menu.Label>Brand</Menu.Label>
            <Menu.Item rightSection={!brand && <IconCheck size={14} />} onClick={() => choose(undefined)}>
              All brands
            </Menu.Item>
            {brands.map((one) => (
              <Menu.Item
                key={one.id}
                rightSection={one.id === brand?.id && <IconCheck size={14} />}
                onClick={() => choose(one.id)}
              >
                <span className={frame.choice}>
                  <span className="ellipsis">{one.name}</span>
                  <small className="ellipsis">
                    {needsAttention(one) ? `${one.platform_title} · needs attention` : one.platform_title}
                  </small>
                </span>
              </Menu.Item>
            ))}
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          leftSection={<IconPlugConnected size={15} />}
          onClick={() => void navigate({ to: "/brands", search: { do: "connect" } })}
        >
          Connect a platform…
        </Menu.Item>
        {brands.length > 0 && (
          <Menu.Item
            leftSection={<IconSettings size={15} />}
            onClick={() => void navigate({ to: "/brands", search: brand ? { id: brand.id } : {} })}
          >
            Manage brands and API keys
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

const needsAttention = (brand: BrandView) => brand.trouble !== null || brand.drifted > 0 || !brand.has_key;

/** Two letters for a name: `shop one` is `SO`, `acme` is `Ac`. */
export function initials(name: string): string {
  const [first = "", second = ""] = name.split(/[\s._-]+/).filter(Boolean);
  return second ? `${first.charAt(0)}${second.charAt(0)}`.toUpperCase() : first.slice(0, 2);
}
