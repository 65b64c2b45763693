// The parts that screens are built from.

export { Chart, type ChartProps, type ChartSeries } from "./Chart";
export { Code, type CodeProps } from "./Code";
export { Confirm, type ConfirmProps } from "./Confirm";
export { CopyButton, type CopyButtonProps } from "./CopyButton";
export { type Definition, DefinitionList, type DefinitionListProps } from "./DefinitionList";
export { DetailPane, type DetailPaneProps } from "./DetailPane";
export { Diff, type DiffProps } from "./Diff";
export { Empty, type EmptyProps } from "./Empty";
export { type FacetGroup, type FacetOption, Facets, type FacetsProps } from "./Facets";
export { fieldError, restProblem } from "./field";
export { type ByteRange, Hex, type HexProps } from "./Hex";
export { Key, type KeyProps } from "./Key";
export { LIGHTS, LightBadge, type LightBadgeProps } from "./LightBadge";
export { Page, type PageProps, type PageSearch } from "./Page";
export { Pill, type PillProps } from "./Pill";
export { ProblemBox, type ProblemBoxProps, sentence } from "./ProblemBox";
export { type Column, Rows, type RowsProps } from "./Rows";
export { Spark, type SparkBar, type SparkProps } from "./Spark";
export { Split, type SplitProps } from "./Split";
export { StateBadge, type StateBadgeProps, type StateLook, stateLook } from "./StateBadge";
export { type Tab, Tabs, type TabsProps } from "./Tabs";
export { Time, type TimeProps } from "./Time";
export { Tries, type TriesProps } from "./Tries";
export { useNow } from "./ticker";
export { toneStyle } from "./tone";
export { Verdict, type VerdictProps } from "./Verdict";
