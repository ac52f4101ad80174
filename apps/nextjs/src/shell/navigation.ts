import {
  Activity,
  CircleUserRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  RefreshCw,
  UsersRound,
  Zap,
} from "lucide-react";
import { DASHBOARD } from "@/dashboard/pages.ts";

/** A page of the dashboard; `name` is also its key in the messages. */
export interface Page {
  name: "overview" | "runs" | "events" | "users" | "effects" | "check" | "account";
  href: string;
  icon: LucideIcon;
}

const account = (href: string): Page => ({ name: "account", href, icon: CircleUserRound });

const adminPages: readonly Page[] = [
  { name: "overview", href: DASHBOARD, icon: LayoutDashboard },
  { name: "runs", href: `${DASHBOARD}/runs`, icon: RefreshCw },
  { name: "events", href: `${DASHBOARD}/events`, icon: Activity },
  { name: "users", href: `${DASHBOARD}/users`, icon: UsersRound },
  { name: "effects", href: `${DASHBOARD}/effects`, icon: Zap },
  { name: "check", href: `${DASHBOARD}/check`, icon: ListChecks },
  account(`${DASHBOARD}/account`),
];

// The dashboard of a user who is no admin is their account.
const memberPages: readonly Page[] = [account(DASHBOARD)];

export const pagesFor = (isAdmin: boolean): readonly Page[] => (isAdmin ? adminPages : memberPages);

/** Whether an address shows a page, or something below it. */
export const isPage = ({ href }: Page, pathname: string): boolean =>
  pathname === href || (href !== DASHBOARD && pathname.startsWith(`${href}/`));
