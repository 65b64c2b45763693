// The detail panel beside a list: status, name, actions.

import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconChevronDown, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import css from "./DetailPane.module.css";

export interface DetailPaneProps {
  title: string;
  /** The status: a badge or a pill. */
  badge: ReactNode;
  /** Buttons, the main one first. */
  actions: ReactNode;
  /** Further actions: items of a menu. */
  more: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

export function DetailPane({ title, badge, actions, more, onClose, children }: DetailPaneProps) {
  return (
    <article className={css.pane} aria-label={title}>
      <header className={css.head}>
        {badge}
        <h2 className="grow ellipsis" title={title}>
          {title}
        </h2>
        {actions}
        <Menu>
          <Menu.Target>
            <Button rightSection={<IconChevronDown size={14} stroke={1.6} aria-hidden="true" />}>More</Button>
          </Menu.Target>
          <Menu.Dropdown>{more}</Menu.Dropdown>
        </Menu>
        <ActionIcon onClick={onClose} aria-label="Close" title="Close (Esc)">
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </header>
      {children}
    </article>
  );
}
