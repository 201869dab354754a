import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SETTINGS, type Settings } from '../config.js';

/** Addresses that mean "all of this machine's": nobody can connect to them from elsewhere. */
const ANY = ['0.0.0.0', '::'];

/** The origin under which an instance that listens there is reached from its network. */
export function originOf(
  { address, port }: Pick<AddressInfo, 'address' | 'port'>,
  machineName: string,
): string {
  if (ANY.includes(address)) return `http://${machineName}:${port}`;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Where workers reach this very instance: with several behind one address, the one that holds a client's connection. */
@Injectable()
export class InstanceAddress {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'instanceUrl'>,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Known once the server listens. */
  get url(): string {
    const { instanceUrl } = this.settings;
    if (instanceUrl !== undefined) return instanceUrl;
    const address = this.address();
    if (address === null) throw new Error('The server does not listen yet.');
    return originOf(address, hostname());
  }

  get isKnown(): boolean {
    return this.settings.instanceUrl !== undefined || this.address() !== null;
  }

  private address(): AddressInfo | null {
    return (this.host.httpAdapter.getHttpServer() as { address(): AddressInfo | null }).address();
  }
}
