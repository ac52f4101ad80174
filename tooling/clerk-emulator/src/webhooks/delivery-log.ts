import type { Attempt } from "./attempt.ts";
import type { WebhookMessage } from "./message.ts";

/** `pending` until it arrived, failed for good, or was dropped on purpose. */
type State = "pending" | "delivered" | "failed" | "dropped";

export type Delivery = { id: string; type: string; userId: string; state: State; attempts: Attempt[] };

/** The limit of stored deliveries; the oldest are dropped first. All are counted. */
const MOST_DELIVERIES = 10_000;

/** The result of every webhook. */
export class DeliveryLog {
  readonly #deliveries = new Map<string, Delivery>();
  #counts = { pending: 0, delivered: 0, failed: 0, dropped: 0 };

  open(message: WebhookMessage): Delivery {
    const delivery: Delivery = {
      id: message.id,
      type: message.type,
      userId: message.userId,
      state: "pending",
      attempts: [],
    };
    this.#deliveries.set(delivery.id, delivery);
    this.#counts.pending += 1;
    for (const id of this.#deliveries.keys()) {
      if (this.#deliveries.size <= MOST_DELIVERIES) break;
      this.#deliveries.delete(id);
    }
    return delivery;
  }

  settle(delivery: Delivery, state: Exclude<State, "pending">): void {
    this.#counts[delivery.state] -= 1;
    delivery.state = state;
    this.#counts[state] += 1;
  }

  /** Removes all settled deliveries. */
  clear(): void {
    for (const delivery of this.#deliveries.values()) {
      if (delivery.state !== "pending") this.#deliveries.delete(delivery.id);
    }
    this.#counts = { pending: this.#counts.pending, delivered: 0, failed: 0, dropped: 0 };
  }

  toJSON() {
    return { ...this.#counts, deliveries: [...this.#deliveries.values()] };
  }
}
