export { type PrismaClientLike, prismaDatabase } from "@rollcall/sync/prisma";
