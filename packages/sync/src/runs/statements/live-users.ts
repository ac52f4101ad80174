/** Parameter: the instance. */
export const countLiveUsers = `select count(*)::int as live
from rollcall."ClerkUser"
where "deletedAt" is null
  and "instanceId" = $1::text`;
