"use client";

import { Languages, Moon, Search, Sun, SunMoon, UserRoundSearch } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command.tsx";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog.tsx";
import { cn } from "@/lib/cn.ts";
import { applyTheme, languageNames, useChangeLocale } from "@/preferences/preference-menu.tsx";
import { locales, type Theme, themes } from "@/preferences/preferences.ts";
import { pagesFor } from "./navigation.ts";

const OpenMenu = createContext<() => void>(() => {});

const themeIcons = { light: Sun, dark: Moon, system: SunMoon } satisfies Record<Theme, unknown>;

/** The menu behind Ctrl-K, and the button that opens it too. */
export function CommandMenuProvider({ isAdmin, children }: { isAdmin: boolean; children: ReactNode }) {
  const t = useTranslations("command");
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    const toggle = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    document.addEventListener("keydown", toggle);
    return () => document.removeEventListener("keydown", toggle);
  }, []);

  return (
    <OpenMenu value={() => setOpen(true)}>
      {children}
      <Dialog open={isOpen} onOpenChange={setOpen}>
        <DialogContent className="top-[20%] translate-y-0 gap-0 overflow-hidden p-0">
          <DialogTitle className="sr-only">{t("title")}</DialogTitle>
          <DialogDescription className="sr-only">{t("placeholder")}</DialogDescription>
          <CommandChoices isAdmin={isAdmin} close={() => setOpen(false)} />
        </DialogContent>
      </Dialog>
    </OpenMenu>
  );
}

function CommandChoices({ isAdmin, close }: { isAdmin: boolean; close: () => void }) {
  const t = useTranslations();
  const router = useRouter();
  const changeLocale = useChangeLocale();
  const [text, setText] = useState("");
  const run = (action: () => void) => () => {
    close();
    action();
  };
  const search = text.trim();
  return (
    <Command label={t("command.title")}>
      <CommandInput placeholder={t("command.placeholder")} value={text} onValueChange={setText} />
      <CommandList>
        <CommandEmpty>{t("command.nothing")}</CommandEmpty>
        <CommandGroup heading={t("command.pages")}>
          {pagesFor(isAdmin).map((page) => (
            <CommandItem key={page.name} value={t(`nav.${page.name}`)} onSelect={run(() => router.push(page.href))}>
              <page.icon aria-hidden="true" />
              {t(`nav.${page.name}`)}
            </CommandItem>
          ))}
        </CommandGroup>
        {isAdmin && search !== "" && (
          <CommandGroup heading={t("command.users")} forceMount>
            <CommandItem
              forceMount
              value={`users ${search}`}
              onSelect={run(() => router.push(`/dashboard/users?${new URLSearchParams({ search })}`))}
            >
              <UserRoundSearch aria-hidden="true" />
              {t("command.searchUsers", { search })}
            </CommandItem>
          </CommandGroup>
        )}
        <CommandGroup heading={t("preferences.theme")}>
          {themes.map((theme) => {
            const Icon = themeIcons[theme];
            return (
              <CommandItem
                key={theme}
                value={`${t("preferences.theme")} ${t(`preferences.${theme}`)}`}
                onSelect={run(() => applyTheme(theme))}
              >
                <Icon aria-hidden="true" />
                {t(`preferences.${theme}`)}
              </CommandItem>
            );
          })}
        </CommandGroup>
        <CommandGroup heading={t("preferences.language")}>
          {locales.map((locale) => (
            <CommandItem key={locale} value={languageNames[locale]} onSelect={run(() => changeLocale(locale))}>
              <Languages aria-hidden="true" />
              <span lang={locale}>{languageNames[locale]}</span>
            </CommandItem>
          ))}
        </CommandGroup>
      </CommandList>
    </Command>
  );
}

export function CommandMenuButton({ isCompact = false }: { isCompact?: boolean }) {
  const t = useTranslations("command");
  const open = useContext(OpenMenu);
  return (
    <button
      type="button"
      onClick={open}
      aria-label={isCompact ? t("open") : undefined}
      aria-keyshortcuts="Control+K Meta+K"
      className={cn(
        "flex h-9 items-center gap-2 rounded-md text-sm text-muted-foreground outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/50",
        isCompact ? "w-9 justify-center" : "border bg-card px-2.5 shadow-xs",
      )}
    >
      <Search className="size-4" aria-hidden="true" />
      {!isCompact && (
        <>
          <span className="flex-1 text-left">{t("short")}</span>
          <span aria-hidden="true" className="rounded border bg-muted px-1.5 font-mono text-[0.65rem] leading-5">
            Ctrl K
          </span>
        </>
      )}
    </button>
  );
}
