import { Module } from '@nestjs/common';
import { Catalogue } from './catalogue.js';
import { CatalogueController } from './catalogue.controller.js';

@Module({ controllers: [CatalogueController], providers: [Catalogue], exports: [Catalogue] })
export class CatalogueModule {}
