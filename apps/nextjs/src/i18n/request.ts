import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { readLocale, readTimeZone } from "@/preferences/preferences.ts";
import { formats } from "./formats.ts";
import { messagesIn } from "./messages.ts";

/** Language and time zone of a request. */
export default getRequestConfig(async () => {
  const stored = await cookies();
  const cookie = (name: string) => stored.get(name)?.value;
  const locale = readLocale(cookie, (await headers()).get("accept-language"));
  return { locale, messages: messagesIn(locale), timeZone: readTimeZone(cookie), now: new Date(), formats };
});
