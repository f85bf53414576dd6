/** One client's subscription to one order. */
export interface Subscription {
  readonly orderId: string;
  customerId: string;
  courierId: string | undefined;
  /** Of the status sent last; 0 before the first. */
  version: number;
  /** The client's typing as last forwarded; `sentAt` is on the monotonic clock. */
  typing: { isTyping: boolean; sentAt: number };
}
