import { createClient } from "@rollcall/db/client";
import type { Contender } from "./contender.ts";

/** What applications write by hand: one user after the other, one query per step. */
export const prismaUsualWay: Contender = {
  name: "Prisma, the usual way",
  open(databaseUrl, connections) {
    const prisma = createClient(databaseUrl, { maxConnections: connections });
    return {
      async apply(users) {
        for (const { id, email, emailVerifiedAt: emailVerified, name, image } of users) {
          const data = { email, emailVerified, name, image };
          const user = await prisma.user.findUnique({ where: { id } });
          if (user) await prisma.user.update({ where: { id }, data });
          else await prisma.user.create({ data: { id, ...data } });
          const customer = await prisma.customer.findUnique({ where: { authUserId: id } });
          if (!customer) await prisma.customer.create({ data: { authUserId: id, name } });
        }
      },
      [Symbol.asyncDispose]: () => prisma.$disconnect(),
    };
  },
};
