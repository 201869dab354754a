import { createHmac, randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Store } from '#shared/store/store.js';
import { sameSecret } from './keys.js';

const SECRET_NAME = 'url-signing';

/** What is added to a URL so that it opens without a key, until it expires. */
export interface UrlSignature {
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/** Signs paths with a secret that all instances of the installation share. */
@Injectable()
export class UrlSigner implements OnModuleInit {
  private secret = '';

  constructor(private readonly store: Store) {}

  async onModuleInit(): Promise<void> {
    this.secret = await this.store.installationSecret(SECRET_NAME, () =>
      randomBytes(32).toString('base64url'),
    );
  }

  sign(path: string, expires: number): UrlSignature {
    return { expires, signature: this.signatureOf(path, expires) };
  }

  isValid(path: string, { expires, signature }: UrlSignature, nowMs: number): boolean {
    return sameSecret(signature, this.signatureOf(path, expires)) && expires > nowMs;
  }

  private signatureOf(path: string, expires: number): string {
    return createHmac('sha256', this.secret).update(`${expires}:${path}`).digest('base64url');
  }
}
