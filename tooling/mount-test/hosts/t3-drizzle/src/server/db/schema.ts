import { sql } from "drizzle-orm";
import { pgTableCreator } from "drizzle-orm/pg-core";

export const createTable = pgTableCreator((name) => `shop_${name}`);

export const users = createTable("user", (d) => ({
  id: d.uuid().primaryKey().defaultRandom(),
  clerkId: d.varchar("clerk_id", { length: 64 }).unique(),
  email: d.varchar({ length: 320 }).unique(),
  fullName: d.text("full_name"),
  createdAt: d
    .timestamp("created_at", { withTimezone: true })
    .default(sql`CURRENT_TIMESTAMP`)
    .notNull(),
  updatedAt: d.timestamp("updated_at", { withTimezone: true }).$onUpdate(() => new Date()),
}));

export const orders = createTable("order", (d) => ({
  id: d.integer().primaryKey().generatedByDefaultAsIdentity(),
  userId: d
    .uuid("user_id")
    .notNull()
    .references(() => users.id),
  total: d.integer().notNull(),
}));
