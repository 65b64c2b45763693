// Subscriptions: the list with one open beside it, or the wizard or edit form in its place.

import { brandOf, useBrands } from "~/brand";
import { useCall } from "~/data";
import { Empty, Page, ProblemBox } from "~/parts";
import { EditSubscription } from "./EditSubscription";
import { ofBrand } from "./list/filter";
import { SubscriptionList } from "./list/SubscriptionList";
import { routeApi } from "./search";
import { Wizard } from "./wizard/Wizard";

export function Subscriptions() {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const { data: lines, error } = useCall("subscriptions", null);
  const brands = useBrands();
  if (!lines) {
    return (
      <Page title="Subscriptions" padded>
        {error && <ProblemBox problem={error} />}
      </Page>
    );
  }
  const close = (id?: string) => void navigate({ search: id === undefined ? {} : { id } });
  if (search.do === "new") {
    const from = lines.find((line) => line.id === search.from);
    return (
      <Wizard
        key={search.from ?? `${search.at ?? ""}${search.goal ?? ""}`}
        from={from}
        first={lines.length === 0}
        onClose={close}
      />
    );
  }
  const open = lines.find((line) => line.id === search.id);
  if (search.do === "edit") {
    return open ? (
      <EditSubscription key={open.id} line={open} onClose={() => close(open.id)} />
    ) : (
      <Page title="Edit subscription">
        <Empty title="This subscription no longer exists">It was deleted.</Empty>
      </Page>
    );
  }
  return <SubscriptionList lines={ofBrand(lines, brandOf(brands, search.brand))} />;
}
