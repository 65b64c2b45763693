// Export formats of a delivery, masked, to copy or save.

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconCopy, IconFileExport } from "@tabler/icons-react";
import { call, copyText } from "~/api";
import type { FileKind } from "~/api/types";
import { toast, useAct } from "~/data";
import { Key } from "~/parts";

const FILES: readonly { kind: FileKind; name: string }[] = [
  { kind: "bundle", name: "Incident bundle for Hookbench" },
  { kind: "har", name: "HAR" },
  { kind: "markdown", name: "Markdown report" },
  { kind: "curl", name: "cURL command" },
];

export function useExport(id: string) {
  const save = useAct("export_save", { done: (path) => `Saved as ${path}` });
  const copy = useAct("export_text");
  const saveAs = (format: FileKind) => save.mutate({ id, format, mask_signatures: false });
  const copyAs = async (format: FileKind) => {
    await copyText(await call("export_text", { id, format, mask_signatures: false }));
    toast("Copied. Credentials and query values are masked.");
  };
  return { saveAs, copyAs, error: save.error ?? copy.error, busy: save.isPending };
}

export interface ExportMenuProps {
  opened: boolean;
  onChange: (opened: boolean) => void;
  actions: ReturnType<typeof useExport>;
}

export function ExportMenu({ opened, onChange, actions }: ExportMenuProps) {
  return (
    <Menu opened={opened} onChange={onChange} position="top-start">
      <Menu.Target>
        <Button
          leftSection={<IconFileExport size={15} stroke={1.6} />}
          rightSection={opened ? <IconChevronDown size={14} stroke={1.6} /> : <Key keys="e" />}
          loading={actions.busy}
          title="Export (e)"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Save with credentials and query values masked</Menu.Label>
        {FILES.map(({ kind, name }) => (
          <Menu.Item key={kind} onClick={() => actions.saveAs(kind)}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void actions.copyAs("markdown")}>
          Copy Markdown report
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void actions.copyAs("bundle")}>
          Copy incident bundle
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
