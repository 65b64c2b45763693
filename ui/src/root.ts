// The root of all addresses: the frame stands around every screen.
import { createRootRoute } from "@tanstack/react-router";
import { Frame } from "./frame/frame";
import { Lost } from "./frame/lost";

export const root = createRootRoute({ component: Frame, notFoundComponent: Lost });
