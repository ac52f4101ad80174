import type { FieldComparison, FieldValue } from "@rollcall/sync";
import { Check, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table.tsx";

/** A user's fields in the three places where they are stored, side by side. */
export function Fields({ fields }: { fields: readonly FieldComparison[] }) {
  const t = useTranslations("user");
  return (
    <Table aria-label={t("fields")}>
      <TableHeader>
        <TableRow className="hover:bg-transparent">
          <TableHead scope="col">{t("field")}</TableHead>
          <TableHead scope="col">{t("atClerk")}</TableHead>
          <TableHead scope="col">{t("copy")}</TableHead>
          <TableHead scope="col">{t("yourTable")}</TableHead>
          <TableHead scope="col">
            <span className="sr-only">{t("agreement")}</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {fields.map(({ field, clerk, replica, application, agree }) => (
          <TableRow key={field} data-testid={`field-${field}`}>
            <TableHead scope="row" className="text-sm text-foreground">
              {t(`names.${field}`)}
            </TableHead>
            <TableCell>
              <Value value={clerk} />
            </TableCell>
            <TableCell>
              <Value value={replica} />
            </TableCell>
            <TableCell>
              <Value value={application} />
            </TableCell>
            <TableCell className="w-10">
              {agree ? (
                <Check className="size-4 text-success" role="img" aria-label={t("agrees")} />
              ) : (
                <TriangleAlert className="size-4 text-warning" role="img" aria-label={t("differs")} />
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Value({ value }: { value: FieldValue | undefined }) {
  const t = useTranslations("user");
  const format = useFormatter();
  if (value === undefined) {
    return (
      <span className="text-muted-foreground" title={t("noSuchField")}>
        –
      </span>
    );
  }
  if (value === null) return <span className="text-muted-foreground">{t("empty")}</span>;
  if (value instanceof Date) {
    return (
      <time dateTime={value.toISOString()} title={value.toISOString()} className="whitespace-nowrap tabular-nums">
        {format.dateTime(value, "moment")}
      </time>
    );
  }
  return (
    <span className="block max-w-52 truncate" title={value}>
      {value}
    </span>
  );
}
