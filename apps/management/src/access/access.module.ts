import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AdminGuard } from './admin-guard.js';
import { KeyRing } from './key-ring.js';
import { KeysController } from './keys.controller.js';
import { MasterKey } from './master-key.js';
import { UrlSigner } from './url-signer.js';

@Module({
  controllers: [KeysController],
  providers: [KeyRing, MasterKey, UrlSigner, { provide: APP_GUARD, useClass: AdminGuard }],
  exports: [KeyRing, UrlSigner],
})
export class AccessModule {}
