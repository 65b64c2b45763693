// What stands where nothing is yet.
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import css from "./boxes.module.css";

/** Says what would be here; `children` holds the one button that fills it. */
export function Empty(props: { icon?: TablerIcon; title: string; text?: ReactNode; children?: ReactNode }) {
  const Icon = props.icon;
  return (
    <div className={css.empty}>
      {Icon && <Icon aria-hidden size={28} stroke={1.4} />}
      <h2>{props.title}</h2>
      {props.text && <p>{props.text}</p>}
      {props.children && <footer>{props.children}</footer>}
    </div>
  );
}
