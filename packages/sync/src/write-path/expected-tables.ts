import { type ExtraKind, extraFields } from "../database/extra-fields.ts";
import { type ApplicationTables, ownIdColumn } from "../database/tables.ts";
import { quote } from "./statements/names.ts";

/** What the statements need of one table. */
export interface Expected {
  /** As SQL names it. */
  table: string;
  /** The columns that Rollcall uses. */
  columns: Column[];
  /** The columns that the statements look rows up by. */
  unique: string[];
  /** Its times may be without a time zone, and then contain UTC. */
  zoneless: boolean;
}

interface Column {
  name: string;
  /** For adding it if it is missing. */
  type: string;
  /** It may be of any type but json, whose values cannot be compared. */
  anyType: boolean;
  /** Rollcall writes null into it. */
  nullable: boolean;
  /** It gets a value with each new row. */
  written: boolean;
  /** What to do instead of the printed statement. */
  otherwise: string;
}

/** The type for times. */
export const TIME = "timestamp(3) with time zone";

/** What the column of a further field must be. Flags and whole metadata are never null. */
const EXTRA: Record<ExtraKind, Partial<Column>> = {
  text: { nullable: true },
  flag: { type: "boolean" },
  time: { type: TIME, nullable: true },
  object: { type: "jsonb" },
  value: { nullable: true, anyType: true },
};

const column = (name: string, rest: Partial<Column> = {}): Column => ({
  name,
  type: "text",
  anyType: false,
  nullable: false,
  written: true,
  otherwise: "",
  ...rest,
});

/** What the statements need of every table. */
export function expectations({ user, customer }: ApplicationTables, idType: string): Expected[] {
  const { email, emailVerified, name, image } = user.columns;
  const ownId = ownIdColumn(user);
  const unnamed = (option: string) => ` (or leave \`${option}\` out of \`tables.user.columns\`)`;
  const optional = [
    { name: emailVerified, type: TIME, otherwise: unnamed("emailVerified") },
    { name, type: "text", otherwise: unnamed("name") },
    { name: image, type: "text", otherwise: unnamed("image") },
  ];
  return [
    {
      table: quote(user.table),
      columns: [
        column(user.key),
        column(email, {
          nullable: !user.placeholderEmail,
          otherwise: " (or set `tables.user.placeholderEmail`, for an address that no mail reaches)",
        }),
        ...optional.flatMap(({ name, ...rest }) =>
          name === undefined ? [] : [column(name, { nullable: true, ...rest })],
        ),
        ...extraFields(user.columns).map(({ field, column: name, holds }) =>
          column(name, { ...EXTRA[holds], otherwise: unnamed(field) }),
        ),
        ...(user.updatedAt === undefined ? [] : [column(user.updatedAt, { type: TIME })]),
        ...(ownId === undefined
          ? []
          : [
              column(ownId, {
                type: idType,
                written: user.newId !== undefined,
                otherwise: " (or make the ids yourself: `tables.user.newId`)",
              }),
            ]),
      ],
      unique: [user.key, email],
      zoneless: true,
    },
    ...(customer
      ? [
          {
            table: quote(customer.table),
            columns: [
              column(customer.userKey, { type: ownId === undefined ? "text" : idType }),
              ...(customer.name === undefined ? [] : [column(customer.name, { nullable: true })]),
            ],
            unique: [customer.userKey],
            zoneless: true,
          },
        ]
      : []),
    {
      table: 'rollcall."ClerkUser"',
      columns: [
        column("id"),
        column("instanceId"),
        column("syncedAt", { type: TIME }),
        column("extra", { type: "jsonb" }),
      ],
      unique: ["id"],
      zoneless: false,
    },
  ];
}
