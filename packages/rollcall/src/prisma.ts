export { type PrismaClientLike, prismaDatabase, statementNameGenerator } from "@rollcall/sync/prisma";
