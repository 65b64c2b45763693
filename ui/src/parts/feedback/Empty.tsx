// An empty list: what will be here, and the button that fills it.

import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import css from "./feedback.module.css";

export interface EmptyProps {
  /** `No deliveries yet`. */
  title: string;
  /** What will be here. */
  children?: ReactNode;
  icon?: TablerIcon;
  /** The one button. */
  action?: ReactNode;
}

export function Empty({ title, children, icon: Icon, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      {Icon && <Icon size={28} stroke={1.3} aria-hidden="true" />}
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action && <div className={css.emptyAction}>{action}</div>}
    </div>
  );
}
