// The selected brand: it is in the address, and remembered for the next screen.

import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { usePreference } from "~/api";
import type { BrandView } from "~/api/types";
import { useCall } from "~/data";

/** The screens that can show one brand's data. */
const SCREENS_BY_BRAND: readonly string[] = ["/", "/subscriptions", "/live", "/deliveries"];
const NONE: readonly BrandView[] = [];
/** Whether "All brands" was selected and the address still has the old brand. */
let leaving = false;

/** The connected brands, oldest first. */
export function useBrands(): readonly BrandView[] {
  return useCall("brands", null).data ?? NONE;
}

/** The brand with this id, name or payload id. */
export function brandOf(
  brands: readonly BrandView[],
  word: string | null | undefined,
): BrandView | undefined {
  if (word === null || word === undefined) return undefined;
  return brands.find(({ id, name, payload_id }) => id === word || name === word || payload_id === word);
}

/** The name of a brand; the word itself if no connected brand has it. */
export function useBrandName(): (word: string | null | undefined) => string | null {
  const brands = useBrands();
  return useCallback((word) => brandOf(brands, word)?.name ?? word ?? null, [brands]);
}

export interface ChosenBrand {
  brands: readonly BrandView[];
  /** The selected brand; `undefined` for all brands. */
  brand: BrandView | undefined;
  choose: (id: string | undefined) => void;
}

/** The selected brand, and how to select another. */
export function useChosenBrand(): ChosenBrand {
  const brands = useBrands();
  const navigate = useNavigate();
  const [, remember] = usePreference("brand", "");
  const word = useRouterState({ select: (state) => wordIn(state.location.search) });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const choose = (id: string | undefined) => {
    leaving = id === undefined && word !== undefined;
    if (id === undefined && word === undefined) remember("");
    const to = SCREENS_BY_BRAND.includes(path) ? path : "/";
    void navigate({ to, search: { brand: id } } as never);
  };
  return { brands, brand: brandOf(brands, word), choose };
}

/**
 * Synchronizes the address and the preference: a brand in the address is remembered, a remembered one
 * is added to it.
 */
export function useBrandInAddress(): void {
  const brands = useCall("brands", null).data;
  const navigate = useNavigate();
  const [remembered, remember] = usePreference("brand", "");
  const location = useRouterState({ select: (state) => state.location });
  const word = wordIn(location.search);
  const path = location.pathname;
  useEffect(() => {
    if (!brands || !SCREENS_BY_BRAND.includes(path)) return;
    const put = (brand: string | undefined) =>
      void navigate({ to: path, search: (was: object) => ({ ...was, brand }), replace: true } as never);
    const known = brandOf(brands, word);
    if (leaving) {
      if (word !== undefined) return;
      leaving = false;
      remember("");
    } else if (known) {
      if (known.id !== remembered) remember(known.id);
    } else if (brandOf(brands, remembered)) {
      put(remembered);
    } else if (word?.startsWith("brd_")) {
      // It was removed, or belongs to the demo.
      put(undefined);
    }
  }, [brands, path, word, remembered, remember, navigate]);
}

function wordIn(search: unknown): string | undefined {
  const brand = (search as { brand?: unknown }).brand;
  return typeof brand === "string" && brand !== "" ? brand : undefined;
}
