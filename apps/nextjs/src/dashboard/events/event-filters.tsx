"use client";

import type { EventFilter } from "@rollcall/sync";
import { eventOutcomes } from "@rollcall/sync/event-outcomes";
import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { SearchField } from "@/components/search-field.tsx";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { eventsHref } from "./events-page.ts";

const types = ["user.created", "user.updated", "user.deleted"];
const sources = ["webhook", "read"] as const;

/** What the list shows; the address has it, so that it can be shared. */
export function EventFilters({ filter }: { filter: EventFilter }) {
  const t = useTranslations("events");
  const router = useRouter();
  const [userId, setUserId] = useState(filter.userId ?? "");
  const show = (change: EventFilter) => router.push(eventsHref({ ...filter, ...change }), { scroll: false });
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <form
        className="w-full max-w-sm"
        onSubmit={(event) => {
          event.preventDefault();
          show({ userId: userId.trim() || undefined });
        }}
      >
        <SearchField
          label={t("userFilter")}
          value={userId}
          onChange={({ target }) => {
            setUserId(target.value);
            if (target.value === "") show({ userId: undefined });
          }}
        />
      </form>
      <NativeSelect
        aria-label={t("type")}
        value={filter.type ?? ""}
        onChange={({ target }) => show({ type: target.value || undefined })}
      >
        <option value="">{t("anyType")}</option>
        {/* Also one that only the address names. */}
        {[...new Set([...types, ...(filter.type ? [filter.type] : [])])].map((type) => (
          <option key={type}>{type}</option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label={t("outcome")}
        value={filter.outcome ?? ""}
        onChange={({ target }) => show({ outcome: eventOutcomes.find((each) => each === target.value) })}
      >
        <option value="">{t("anyOutcome")}</option>
        {eventOutcomes.map((outcome) => (
          <option key={outcome} value={outcome}>
            {t(`outcomes.${outcome}`)}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label={t("source")}
        value={filter.source ?? ""}
        onChange={({ target }) => show({ source: sources.find((each) => each === target.value) })}
      >
        <option value="">{t("anySource")}</option>
        {sources.map((source) => (
          <option key={source} value={source}>
            {t(`sources.${source}`)}
          </option>
        ))}
      </NativeSelect>
      {isFiltered && (
        <Button
          variant="ghost"
          onClick={() => {
            setUserId("");
            router.push(eventsHref({}), { scroll: false });
          }}
        >
          <X aria-hidden="true" />
          {t("clear")}
        </Button>
      )}
    </search>
  );
}
