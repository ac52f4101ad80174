// Loaded before a program by `node --import`: it acts like a machine whose clock is wrong by CLOCK_OFFSET_MS. Monotonic clocks and
// timers stay right.
const offset = Number(process.env.CLOCK_OFFSET_MS);
const RealDate = Date;
const now = () => RealDate.now() + offset;

function ShiftedDate(...given) {
  if (new.target === undefined) return new RealDate(now()).toString();
  return Reflect.construct(RealDate, given.length === 0 ? [now()] : given, new.target);
}
// As own properties, because Next copies them: it replaces Date, too.
Object.defineProperties(ShiftedDate, {
  ...Object.getOwnPropertyDescriptors(RealDate),
  now: { value: now, writable: true, configurable: true },
});
RealDate.prototype.constructor = ShiftedDate;
globalThis.Date = ShiftedDate;
