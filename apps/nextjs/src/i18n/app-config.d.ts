import type { Locale } from "@/preferences/preferences.ts";
import type { formats } from "./formats.ts";
import type { Messages } from "./messages.ts";

declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
    Formats: typeof formats;
  }
}
