/** Thrown when a receiver did not take a notification. */
export class DeliveryError extends Error {
  /** @param isFinal the receiver said that it never will */
  constructor(
    message: string,
    readonly isFinal = false,
  ) {
    super(message);
    this.name = 'DeliveryError';
  }
}
