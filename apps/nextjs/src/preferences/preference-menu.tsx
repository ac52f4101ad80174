"use client";

import { Settings2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu.tsx";
import { type Locale, locales, type Theme, themes } from "./preferences.ts";
import { storePreference } from "./store-preference.ts";

/** Each in its own language. */
export const languageNames: Record<Locale, string> = { en: "English", zh: "中文" };

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  storePreference("theme", theme);
}

/** The server renders the page in the new language. */
export function useChangeLocale(): (locale: Locale) => void {
  const router = useRouter();
  return (locale) => {
    storePreference("locale", locale);
    router.refresh();
  };
}

/** Theme and language. */
export function PreferenceMenu() {
  const t = useTranslations("preferences");
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("label")}>
          <Settings2 aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <Choices />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Mounted when the menu opens: the theme may have been changed elsewhere. */
function Choices() {
  const t = useTranslations("preferences");
  const locale = useLocale();
  const changeLocale = useChangeLocale();
  const [theme, setTheme] = useState(() => document.documentElement.dataset.theme);
  return (
    <>
      <DropdownMenuLabel>{t("theme")}</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={theme ?? "system"}>
        {themes.map((each) => (
          <DropdownMenuRadioItem
            key={each}
            value={each}
            onSelect={() => {
              applyTheme(each);
              setTheme(each);
            }}
          >
            {t(each)}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
      <DropdownMenuSeparator />
      <DropdownMenuLabel>{t("language")}</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={locale}>
        {locales.map((each) => (
          <DropdownMenuRadioItem key={each} value={each} lang={each} onSelect={() => changeLocale(each)}>
            {languageNames[each]}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}
