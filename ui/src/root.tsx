// The root of all routes: the frame, with the screen inside.

import { createRootRoute } from "@tanstack/react-router";
import { Frame } from "./frame/Frame";
import { NotFound } from "./frame/NotFound";

export const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });
