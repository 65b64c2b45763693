// Saved views of the log: open, save, rename, delete.

import { ActionIcon, Button, Menu, Modal, TextInput } from "@mantine/core";
import { IconBookmark, IconCheck, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { usePreference } from "~/api";
import { toast } from "~/data";
import { useActions } from "~/frame/palette/actions";
import type { DeliveriesSearch } from "../search";
import {
  MAX_NAME_LENGTH,
  named,
  nameProblem,
  readViews,
  removed,
  renamed,
  renameProblem,
  saved,
  shownView,
  VIEWS,
  type View,
  viewOf,
} from "./views";

const NONE: unknown[] = [];

export interface SavedViewsProps {
  search: DeliveriesSearch;
  onOpen: (search: DeliveriesSearch) => void;
}

export function SavedViews({ search, onOpen }: SavedViewsProps) {
  const [stored, store] = usePreference<unknown[]>(VIEWS, NONE);
  const views = useMemo(() => readViews(stored), [stored]);
  const [asking, setAsking] = useState<"save" | "change" | null>(null);
  const shown = shownView(views, search);
  const nothing = Object.keys(viewOf(search)).length === 0;
  useActions([
    ...(nothing || shown
      ? []
      : [
          {
            id: "save view",
            label: "Save this view",
            description: "Save the current filters as a view",
            group: "Deliveries",
            keywords: "bookmark filters",
            run: () => setAsking("save"),
          },
        ]),
  ]);
  return (
    <>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <Button
            rightSection={<IconChevronDown size={14} stroke={1.6} />}
            aria-label={shown ? `Saved views, ${shown.name}` : "Saved views"}
            maw={240}
          >
            <span className="ellipsis">{shown?.name ?? "Saved views"}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && (
            <Menu.Label>Saved filters appear here and in the command palette.</Menu.Label>
          )}
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              aria-current={view === shown || undefined}
              leftSection={view === shown ? <IconCheck size={15} /> : <IconBookmark size={15} />}
              onClick={() => onOpen({ ...view.search, brand: search.brand })}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={nothing || shown !== undefined} onClick={() => setAsking("save")}>
            Save this view…
          </Menu.Item>
          <Menu.Item disabled={views.length === 0} onClick={() => setAsking("change")}>
            Rename or delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking === "save"} onClose={() => setAsking(null)} title="Save this view" size={400}>
        <SaveView
          views={views}
          search={search}
          onSave={(name) => {
            store(saved(views, name, search));
            setAsking(null);
            toast(`Saved as “${name.trim()}”.`);
          }}
          onClose={() => setAsking(null)}
        />
      </Modal>
      <Modal opened={asking === "change"} onClose={() => setAsking(null)} title="Saved views" size={400}>
        <EditViews views={views} store={store} onClose={() => setAsking(null)} />
      </Modal>
    </>
  );
}

interface SaveViewProps {
  views: readonly View[];
  search: DeliveriesSearch;
  onSave: (name: string) => void;
  onClose: () => void;
}

function SaveView({ views, search, onSave, onClose }: SaveViewProps) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const problem = nameProblem(name);
  const other = named(views, name);
  // Overwriting takes a second confirmation.
  const over = tried && other !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem === null && (other === undefined || over)) onSave(name);
  };
  const absolute = search.since !== undefined || search.until !== undefined;
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label="Name"
        placeholder="CRM, rejected today"
        data-autofocus
        maxLength={MAX_NAME_LENGTH}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setTried(false);
        }}
        error={over ? `A view named “${other.name}” already exists.` : tried ? problem : null}
      />
      <p className="dim">
        {absolute
          ? "Saves the filters, the search and the selected time range. The time range is fixed."
          : "Saves the filters, the search and the time range. The time range is relative to now."}
        {search.brand !== undefined && " The brand is not saved: a view applies to the selected brand."}
      </p>
      <div className="line" style={{ justifyContent: "flex-end" }}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit">
          {over ? "Overwrite" : "Save"}
        </Button>
      </div>
    </form>
  );
}

interface EditViewsProps {
  views: readonly View[];
  store: (views: View[]) => void;
  onClose: () => void;
}

function EditViews({ views, store, onClose }: EditViewsProps) {
  // A row keeps its position while it is edited, whatever its name.
  const [order] = useState(() => views.map(({ id }) => id));
  return (
    <div className="stack">
      {views
        .toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
        .map((view) => (
          <EditView
            key={view.id}
            view={view}
            views={views}
            onRename={(to) => store(renamed(views, view.id, to))}
            onDelete={() => {
              store(removed(views, view.id));
              if (views.length === 1) onClose();
            }}
          />
        ))}
      <div className="line" style={{ justifyContent: "flex-end" }}>
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  );
}

interface EditViewProps {
  view: View;
  views: readonly View[];
  onRename: (to: string) => void;
  onDelete: () => void;
}

/** One view: its name is saved on blur or Enter. */
function EditView({ view, views, onRename, onDelete }: EditViewProps) {
  const [name, setName] = useState(view.name);
  const problem = renameProblem(views, view.id, name);
  const save = () => {
    if (problem === null && name.trim() !== view.name) onRename(name);
  };
  return (
    <form
      className="line"
      style={{ alignItems: "flex-start" }}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        className="grow"
        aria-label={`Name of ${view.name}`}
        maxLength={MAX_NAME_LENGTH}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={save}
        error={problem}
      />
      <ActionIcon aria-label={`Delete ${view.name}`} title="Delete" onClick={onDelete}>
        <IconTrash size={15} stroke={1.6} />
      </ActionIcon>
    </form>
  );
}
