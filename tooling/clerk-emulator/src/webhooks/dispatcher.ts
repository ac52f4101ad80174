import PQueue from "p-queue";
import type { UserEvent } from "../store/store.ts";
import { attempt } from "./attempt.ts";
import { type Delivery, DeliveryLog } from "./delivery-log.ts";
import { type WebhookMessage, webhookMessage } from "./message.ts";
import {
  defaultWebhookSettings,
  type WebhookChanges,
  type WebhookSettings,
  webhookSettingsSchema,
} from "./settings.ts";

const AT_ONCE = 8;

/** How long a message waits for the next one to overtake it. */
const HELD_BACK_MS = 1000;

type Parcel = { message: WebhookMessage; delivery: Delivery; url: string };

/**
 * Sends a webhook for each event, several in parallel, and retries after a failure. Like Svix, it does not guarantee the order.
 */
export class WebhookDispatcher {
  readonly log = new DeliveryLog();
  readonly #instanceId: string;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #stop = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #settings: WebhookSettings;
  #heldBack: Parcel | undefined;

  constructor(instanceId: string, secret: string, changes: WebhookChanges = {}) {
    this.#instanceId = instanceId;
    this.#settings = defaultWebhookSettings(secret);
    this.configure(changes);
  }

  get settings(): WebhookSettings {
    return this.#settings;
  }

  /** Absent fields stay unchanged. Pending deliveries keep their URL. */
  configure(changes: WebhookChanges): void {
    this.#settings = webhookSettingsSchema.parse({ ...this.#settings, ...changes });
  }

  send(event: UserEvent): void {
    const { url, drop, reorder, delayMs } = this.#settings;
    if (url === null) return;
    const message = webhookMessage(event, this.#instanceId);
    const parcel = { message, url, delivery: this.log.open(message) };
    if (happens(drop)) {
      this.log.settle(parcel.delivery, "dropped");
    } else if (this.#heldBack === undefined && happens(reorder)) {
      this.#heldBack = parcel;
      this.#later(delayMs + HELD_BACK_MS, () => {
        if (this.#heldBack === parcel) void this.#releaseAfter(Promise.resolve());
      });
    } else {
      void this.#releaseAfter(this.#after(delayMs).then(() => this.#deliver(parcel)));
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#queue.clear();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Sends the held-back message, if any, after the other one's first attempt. */
  async #releaseAfter(overtaking: Promise<void>): Promise<void> {
    const overtaken = this.#heldBack;
    this.#heldBack = undefined;
    await overtaking;
    if (overtaken) await this.#deliver(overtaken);
  }

  /** One attempt. If it fails, the next one is scheduled when this resolves. */
  async #deliver(parcel: Parcel): Promise<void> {
    const { message, delivery, url } = parcel;
    const result = await this.#queue.add(() => attempt(message, url, this.#settings, this.#stop.signal));
    if (this.#stop.signal.aborted) return;
    delivery.attempts.push(result);
    if (delivery.state !== "pending") return;
    if (result.error === null) {
      this.log.settle(delivery, "delivered");
      if (happens(this.#settings.repeat)) await this.#deliver(parcel);
      return;
    }
    const pause = this.#settings.retryDelaysMs[delivery.attempts.length - 1];
    if (pause === undefined) this.log.settle(delivery, "failed");
    else this.#later(pause, () => void this.#deliver(parcel));
  }

  #after(ms: number): Promise<void> {
    return ms > 0 ? new Promise((resolve) => this.#later(ms, resolve)) : Promise.resolve();
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}

function happens(rate: number): boolean {
  return Math.random() < rate;
}
