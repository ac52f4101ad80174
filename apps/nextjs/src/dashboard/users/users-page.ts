import type { RouterOutputs } from "@rollcall/api";
import type { UserState } from "@rollcall/sync";
import type { ComponentProps } from "react";
import type { Badge } from "@/components/ui/badge.tsx";
import { DASHBOARD } from "../pages.ts";

/** What the address of the page asks for. */
export interface UserFilter {
  state?: UserState | undefined;
  search?: string | undefined;
}

export type DirectoryUser = RouterOutputs["sync"]["users"]["items"][number];
export type UserDetails = RouterOutputs["sync"]["user"];
export type UserEffect = RouterOutputs["sync"]["userEffects"][number];

/** Shared by the browser and the server's prefetch. */
export const USERS_PAGE = { limit: 50 };

export const usersHref = (filter: UserFilter): string => {
  const given = Object.entries(filter).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return given.length === 0 ? `${DASHBOARD}/users` : `${DASHBOARD}/users?${new URLSearchParams(given)}`;
};

export const userStateVariants: Record<UserState, ComponentProps<typeof Badge>["variant"]> = {
  live: "success",
  conflict: "warning",
  not_synced: "warning",
  deleted: "secondary",
};
