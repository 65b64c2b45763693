// Puts something on the clipboard.
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { copyText, Problem } from "../api";
import { sentence } from "./problem-box";

/** What a copy button does. */
export interface CopyButtonProps {
  /** The text, or how to get it. */
  text: string | (() => Promise<string>);
  /** What it copies, such as "Copy as cURL". */
  label: string;
  /** Shows only an icon; the label is its tooltip. */
  iconOnly?: boolean;
  /** Stands behind the label, such as a `Key`. */
  rightSection?: ReactNode;
}

/** Copies text and says so; the same as the button does, for shortcuts. */
export async function copy(text: CopyButtonProps["text"]): Promise<boolean> {
  try {
    await copyText(typeof text === "string" ? text : await text());
    return true;
  } catch (thrown) {
    notifications.show({
      color: "red",
      title: "Not copied",
      message: sentence(Problem.from(thrown).message),
    });
    return false;
  }
}

export function CopyButton({ text, label, iconOnly = false, rightSection }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const onClick = async () => setCopied(await copy(text));
  const Icon = copied ? IconCheck : IconCopy;
  if (iconOnly) {
    return (
      <Tooltip label={copied ? "Copied" : label}>
        <ActionIcon aria-label={label} size={22} onClick={onClick}>
          <Icon size={14} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Button onClick={onClick} rightSection={rightSection}>
      {copied ? "Copied" : label}
    </Button>
  );
}
