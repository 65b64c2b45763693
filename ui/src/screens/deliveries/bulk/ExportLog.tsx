// Exports the deliveries that match the filters as a file.

import { Button, Menu } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import type { DeliveryQuery, FileKind } from "~/api/types";
import { useAct } from "~/data";
import { plural } from "~/parts/format";

const FORMATS: readonly { kind: FileKind; name: string }[] = [
  { kind: "csv", name: "CSV, for spreadsheets" },
  { kind: "json", name: "JSON" },
  { kind: "har", name: "HAR" },
  { kind: "curl", name: "cURL commands" },
];

export function ExportLog({ query }: { query: DeliveryQuery }) {
  const save = useAct("export_log", {
    done: ({ path, deliveries }) => `${plural(deliveries, "delivery", "deliveries")} saved as ${path}`,
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<IconFileExport size={15} stroke={1.6} />}
          loading={save.isPending}
          title={save.error?.message ?? "Export all matching deliveries"}
        >
          {save.error ? "Export failed; try again" : "Export"}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All matching deliveries, credentials masked</Menu.Label>
        {FORMATS.map(({ kind, name }) => (
          <Menu.Item key={kind} onClick={() => save.mutate({ query, format: kind })}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
