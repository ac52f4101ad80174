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

/** A page of the dashboard; `name` is also its key in the messages. */
export interface Page {
  name: "overview" | "runs" | "events" | "users" | "effects" | "check" | "account";
  href: string;
  icon: LucideIcon;
}

const account = (href: string): Page => ({ name: "account", href, icon: CircleUserRound });

const adminPages: readonly Page[] = [
  { name: "overview", href: "/dashboard", icon: LayoutDashboard },
  { name: "runs", href: "/dashboard/runs", icon: RefreshCw },
  { name: "events", href: "/dashboard/events", icon: Activity },
  { name: "users", href: "/dashboard/users", icon: UsersRound },
  { name: "effects", href: "/dashboard/effects", icon: Zap },
  { name: "check", href: "/dashboard/check", icon: ListChecks },
  account("/dashboard/account"),
];

// The dashboard of a user who is no admin is their account.
const memberPages: readonly Page[] = [account("/dashboard")];

export const pagesFor = (isAdmin: boolean): readonly Page[] => (isAdmin ? adminPages : memberPages);

/** Whether an address shows a page, or something below it. */
export const isPage = ({ href }: Page, pathname: string): boolean =>
  pathname === href || (href !== "/dashboard" && pathname.startsWith(`${href}/`));
