// The log's views: opened, saved under a name, renamed, deleted.

import { ActionIcon, Button, Menu, Modal, TextInput } from "@mantine/core";
import { IconBookmark, IconCheck, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { usePreference } from "~/api";
import { toast } from "~/data";
import { useActions } from "~/frame/actions";
import type { DeliveriesSearch } from "./search";
import {
  LONGEST,
  nameProblem,
  readViews,
  removed,
  renamed,
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
  const [kept, keep] = usePreference<unknown[]>(VIEWS, NONE);
  const views = useMemo(() => readViews(kept), [kept]);
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
            description: "Keep these filters under a name",
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
          >
            {shown?.name ?? "Saved views"}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && (
            <Menu.Label>Filters that you save under a name stand here, and in the palette.</Menu.Label>
          )}
          {views.map((view) => (
            <Menu.Item
              key={view.name}
              aria-current={view === shown || undefined}
              leftSection={view === shown ? <IconCheck size={15} /> : <IconBookmark size={15} />}
              onClick={() => onOpen(view.search)}
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
          onSave={(name) => {
            keep(saved(views, name, search));
            setAsking(null);
            toast(`Saved as “${name.trim()}”.`);
          }}
          onClose={() => setAsking(null)}
        />
      </Modal>
      <Modal opened={asking === "change"} onClose={() => setAsking(null)} title="Saved views" size={400}>
        <div className="stack">
          {views.map((view) => (
            <ChangeView
              key={view.name}
              view={view}
              views={views}
              onRename={(to) => keep(renamed(views, view.name, to))}
              onDelete={() => {
                keep(removed(views, view.name));
                if (views.length === 1) setAsking(null);
              }}
            />
          ))}
          <div className="line" style={{ justifyContent: "flex-end" }}>
            <Button onClick={() => setAsking(null)}>Done</Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

interface SaveViewProps {
  views: readonly View[];
  onSave: (name: string) => void;
  onClose: () => void;
}

function SaveView({ views, onSave, onClose }: SaveViewProps) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const problem = nameProblem(views, name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem === null) onSave(name);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label="Name"
        placeholder="CRM, refused today"
        data-autofocus
        maxLength={LONGEST}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={tried ? problem : null}
      />
      <p className="dim">Filters, search and time range are kept; the time range goes with the clock.</p>
      <div className="line" style={{ justifyContent: "flex-end" }}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit">
          Save
        </Button>
      </div>
    </form>
  );
}

interface ChangeViewProps {
  view: View;
  views: readonly View[];
  onRename: (to: string) => void;
  onDelete: () => void;
}

/** One view: its name is kept as soon as the field is left or Enter is pressed. */
function ChangeView({ view, views, onRename, onDelete }: ChangeViewProps) {
  const [name, setName] = useState(view.name);
  const problem = nameProblem(views, name, view.name);
  const keep = () => {
    if (problem === null && name.trim() !== view.name) onRename(name);
  };
  return (
    <form
      className="line"
      style={{ alignItems: "flex-start" }}
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <TextInput
        className="grow"
        aria-label={`Name of ${view.name}`}
        maxLength={LONGEST}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={keep}
        error={problem}
      />
      <ActionIcon aria-label={`Delete ${view.name}`} title="Delete" onClick={onDelete}>
        <IconTrash size={15} stroke={1.6} />
      </ActionIcon>
    </form>
  );
}
