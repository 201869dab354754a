import type { EnrolmentToken } from '../domain/fleet.js';

export interface NewEnrolmentToken {
  readonly id: string;
  /** Hexadecimal sha256 of the token, which is 256 random bits. */
  readonly hash: string;
  readonly note: string;
  readonly createdBy: string;
  readonly lifetimeSeconds: number;
}

export interface EnrolmentRequest {
  readonly tokenHash: string;
  readonly machineId: string;
  /** Hexadecimal sha256 of the key that the worker has made for itself. */
  readonly keyHash: string;
}

/**
 * `enrolled`: the machine has this key from now on. `tokenRefused`: there is no such token, it has expired or was used.
 * `hasKey`: the machine has another key, which must be revoked first; the token is not used up.
 */
export type EnrolmentResult = 'enrolled' | 'tokenRefused' | 'hasKey';

/** How machines get keys of their own, and lose them. */
export abstract class EnrolmentStore {
  /** Gives the token's end, by the database's clock. */
  abstract addToken(token: NewEnrolmentToken): Promise<EnrolmentToken>;
  /** Newest first, at most 1,000. */
  abstract listTokens(): Promise<readonly EnrolmentToken[]>;
  /**
   * Uses a token up and gives the machine its key, in one transaction. The same request again (its answer was lost) is
   * `enrolled` again. A machine whose key was revoked may enrol anew, and is no longer revoked then.
   */
  abstract enrol(request: EnrolmentRequest): Promise<EnrolmentResult>;
  /** The machine whose key this is; null for a key that is unknown or revoked. */
  abstract machineOfKey(keyHash: string): Promise<string | null>;
  /** Takes a machine's key from it and tells it so with its next heartbeat; false when it has none that is good. */
  abstract revoke(machineId: string, revokedBy: string): Promise<boolean>;
}
