/** One client's subscription to one order. */
export interface Subscription {
  readonly orderId: string;
  customerId: string;
  courierId: string | undefined;
  /** Of the last status that was sent; 0 before the first. */
  version: number;
  /** What was last passed on of the client's typing, and when, on the monotonic clock. */
  typing: { isTyping: boolean; toldAt: number };
}
