import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import { ApiSecurity, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { HostAdminGuard } from '../access/host-admin-guard.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { AzureErrorFilter } from './azure-error.filter.js';

/** A controller of the runtime's own routes: the master key before it, Azure's errors behind it. */
export const HostAdminRoutes = (): ClassDecorator =>
  applyDecorators(
    ApiTags('runtime'),
    ApiSecurity('key'),
    ApiUnauthorizedResponse({ description: 'The master key is missing or wrong. Empty.' }),
    // Past the guard of Nightjar's API, which would also take a browser's stored password.
    OpenToAll(),
    UseGuards(HostAdminGuard),
    UseFilters(AzureErrorFilter),
  );
