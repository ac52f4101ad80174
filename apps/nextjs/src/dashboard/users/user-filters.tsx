"use client";

import type { UserState } from "@rollcall/sync";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { SearchField } from "@/components/search-field.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { useDebounced } from "@/lib/use-debounced.ts";
import { type UserFilter, usersHref } from "./users-page.ts";

const states = ["live", "conflict", "not_synced", "deleted"] as const satisfies readonly UserState[];

/** Which users the list shows; the address has it, so that it can be shared. */
export function UserFilters({ filter }: { filter: UserFilter }) {
  const t = useTranslations("users");
  const router = useRouter();
  const [text, setText] = useState(filter.search ?? "");
  const search = useDebounced(text.trim());

  // A search follows the typing; a link that changes the filter itself is not a change of the text.
  useEffect(() => {
    if (search !== (filter.search ?? "")) router.replace(usersHref({ ...filter, search }), { scroll: false });
  }, [search]);

  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <SearchField label={t("search")} value={text} onChange={({ target }) => setText(target.value)} />
      <NativeSelect
        aria-label={t("state")}
        value={filter.state ?? "live"}
        onChange={({ target }) => {
          const state = states.find((each) => each === target.value);
          router.push(usersHref({ search, state: state === "live" ? undefined : state }), { scroll: false });
        }}
      >
        {states.map((state) => (
          <option key={state} value={state}>
            {t(`lists.${state}`)}
          </option>
        ))}
      </NativeSelect>
    </search>
  );
}
