import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AdminGuard } from './admin-guard.js';
import { AppKeys } from './app-keys.js';
import { KeyRing } from './key-ring.js';
import { KeysController } from './keys.controller.js';
import { MasterKey } from './master-key.js';
import { UrlSigner } from './url-signer.js';

@Module({
  controllers: [KeysController],
  providers: [AppKeys, KeyRing, MasterKey, UrlSigner, { provide: APP_GUARD, useClass: AdminGuard }],
  exports: [AppKeys, KeyRing, UrlSigner],
})
export class AccessModule {}
