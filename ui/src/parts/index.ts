// The parts that screens are built from.

export { AttemptsSparkline, type AttemptsSparklineProps } from "./charts/AttemptsSparkline";
export { Chart } from "./charts/Chart";
export type { ChartProps, ChartSeries } from "./charts/chartData";
export { Sparkline, type SparklineBar, type SparklineProps } from "./charts/Sparkline";
export { Code, type CodeProps } from "./code/Code";
export { Diff, type DiffProps } from "./code/Diff";
export { type ByteRange, Hex, type HexProps } from "./code/Hex";
export { useNow } from "./data-display/clock";
export { type Definition, DefinitionList, type DefinitionListProps } from "./data-display/DefinitionList";
export { type FacetGroup, type FacetOption, Facets, type FacetsProps } from "./data-display/Facets";
export { HEALTH, HealthBadge, type HealthBadgeProps } from "./data-display/HealthBadge";
export { Key, type KeyProps } from "./data-display/Key";
export { Pill, type PillProps } from "./data-display/Pill";
export { StateBadge, type StateBadgeProps, type StateLabel, stateLabel } from "./data-display/StateBadge";
export { Time, type TimeProps } from "./data-display/Time";
export { toneStyle } from "./data-display/tone";
export { Verdict, type VerdictProps } from "./diagnosis/Verdict";
export { Confirm, type ConfirmProps } from "./feedback/Confirm";
export { CopyButton, type CopyButtonProps } from "./feedback/CopyButton";
export { Empty, type EmptyProps } from "./feedback/Empty";
export { fieldError, restProblem } from "./feedback/fieldErrors";
export { ProblemBox, type ProblemBoxProps, sentence } from "./feedback/ProblemBox";
export { DetailPane, type DetailPaneProps } from "./layout/DetailPane";
export { Page, type PageProps, type PageSearch } from "./layout/Page";
export { Split, type SplitProps } from "./layout/Split";
export { type Tab, Tabs, type TabsProps } from "./layout/Tabs";
export { type Column, Rows, type RowsProps } from "./list/Rows";
