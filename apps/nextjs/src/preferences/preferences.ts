/** What a visitor chose, or their browser told: each in a cookie of its own, which the server reads and the browser writes. */
export const locales = ["en", "zh"] as const;
export type Locale = (typeof locales)[number];

export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

export const cookieNames = { locale: "locale", theme: "theme", timeZone: "time-zone" } as const;

type ReadCookie = (name: string) => string | undefined;

/** The chosen language; otherwise the first one that the browser accepts and this app speaks. */
export function readLocale(cookie: ReadCookie, acceptLanguage: string | null): Locale {
  const chosen = cookie(cookieNames.locale);
  const accepted = (acceptLanguage ?? "").split(",").map((tag) => tag.trim().toLowerCase().split(/[-;]/)[0]);
  return [chosen, ...accepted].find(isLocale) ?? "en";
}

const isLocale = (value: string | undefined): value is Locale => locales.some((locale) => locale === value);

export const readTheme = (cookie: ReadCookie): Theme =>
  themes.find((theme) => theme === cookie(cookieNames.theme)) ?? "system";

/** The browser's time zone; UTC until it is known. Anyone can send this cookie, and an unknown zone would throw later. */
export function readTimeZone(cookie: ReadCookie): string {
  const timeZone = cookie(cookieNames.timeZone);
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timeZone || "UTC" }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
