// A button that copies text and confirms it.

import { ActionIcon, Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { copyText, Problem } from "~/api";
import { Key } from "../data-display/Key";

export interface CopyButtonProps {
  /** What is copied; a function is called on the click and may be slow. */
  text: string | (() => string | Promise<string>);
  /** What it does, for icon buttons: `Copy URL`. */
  label: string;
  /** Words on the button; without them it is an icon. */
  children?: ReactNode;
  /** The shortcut, shown on the button; register it with `useShortcuts`. */
  keys?: string;
  /** For a line of small text. */
  small?: boolean;
}

export function CopyButton({ text, label, children, keys, small = false }: CopyButtonProps) {
  const [done, setDone] = useState<"copied" | Problem | null>(null);
  useEffect(() => {
    if (done !== "copied") return;
    const timer = setTimeout(() => setDone(null), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await copyText(typeof text === "string" ? text : await text());
      setDone("copied");
    } catch (thrown) {
      setDone(Problem.from(thrown));
    }
  };
  const failed = done instanceof Problem ? `${done.message} ${done.hint ?? ""}` : undefined;
  const Icon = done === "copied" ? IconCheck : failed ? IconAlertTriangle : IconCopy;
  if (children !== undefined) {
    return (
      <Button
        leftSection={<Icon size={15} stroke={1.6} />}
        rightSection={keys ? <Key keys={keys} /> : undefined}
        title={failed ?? label}
        onClick={copy}
      >
        {done === "copied" ? "Copied" : children}
      </Button>
    );
  }
  return (
    <ActionIcon
      size={small ? "xs" : "sm"}
      onClick={copy}
      aria-label={done === "copied" ? "Copied" : label}
      title={failed ?? label}
      style={small ? { "--ai-size": "18px" } : undefined}
    >
      <Icon size={small ? 13 : 15} stroke={1.6} />
    </ActionIcon>
  );
}
